import { expect, test } from 'vitest';
import { programName, withProgramName } from '../../src/cli/program-name.ts';

test.each([
  ['installed on PATH', '/usr/local/bin/feedpulse', {}, 'feedpulse'],
  ['through npx', '/app/node_modules/.bin/feedpulse', { npm_command: 'exec' }, 'npx feedpulse'],
  ['from a clone', '/home/ines/clone/bin/feedpulse.cjs', {}, 'node bin/feedpulse.cjs'],
  ['from a folder beside it', '/home/ines/bin/feedpulse.cjs', {}, 'node ../bin/feedpulse.cjs'],
])('hints name the program as it was started: %s', (_, script, env, name) => {
  expect(programName(['node', script], env, '/home/ines/clone')).toBe(name);
});

test('command lines in backticks and behind a prompt become runnable, other mentions stay', () => {
  const text = 'feedpulse is listening. Run `feedpulse doctor`:\n  $ feedpulse run\n';
  expect(withProgramName(text, 'npx feedpulse')).toBe('feedpulse is listening. Run `npx feedpulse doctor`:\n  $ npx feedpulse run\n');
});

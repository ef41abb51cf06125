import { expect, test } from 'vitest';
import { runCommand } from '../../../support/feedpulse.ts';

test.each([
  ['silence', [], 'Expected --rule, --brand, or --all'],
  ['silence', ['--for', '1h'], 'Expected --rule, --brand, or --all'],
  ['silence', ['--all', '--rule', 'volume'], '--all cannot be combined'],
  ['unsilence', [], 'Expected --rule, --brand, or --all'],
  ['unsilence', ['--all', '--brand', 'Kestrel'], '--all cannot be combined'],
])('alerts %s %j is rejected: nobody silences every alert by accident', async (command, options, message) => {
  const { code, output } = await runCommand(['alerts', command, ...options]);
  expect(code).toBe(2);
  expect(output).toContain(message);
});

import { expect, test } from 'vitest';
import { errorCodes } from '../../src/lib/errors.ts';
import { codeRows, readText } from '../support/repository.ts';

test('docs/errors.md tells every code, its exit code, whether it passes, and what to do', () => {
  const told = codeRows(readText('docs/errors.md')).map(([code, exit, passes, , hint]) => ({ code, exit, passes, hint }));
  const known = Object.entries(errorCodes).map(([code, { exit, retry, hint }]) => ({
    code,
    exit: String(exit),
    passes: retry ? 'yes' : 'no',
    hint,
  }));
  expect(told).toEqual(known);
});

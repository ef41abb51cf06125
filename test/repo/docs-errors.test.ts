import { expect, test } from 'vitest';
import { errorAdvice } from '../../src/cli/error-advice.ts';
import { errorCodes } from '../../src/lib/errors.ts';
import { codeRows, readText } from '../support/repository.ts';

test('docs/errors.md lists every error code with its kind, exit code, retry and hint, and no other', () => {
  const documented = codeRows(readText('docs/errors.md')).map(([code, kind, exit, retry, , hint]) => ({ code, kind, exit, retry, hint }));
  const known = Object.entries(errorCodes).map(([code, { kind, retry }]) => {
    const { exit, hint } = errorAdvice[code as keyof typeof errorCodes]; // the keys of the table
    return { code, kind, exit: String(exit), retry: retry ? 'yes' : 'no', hint };
  });
  expect(documented).toEqual(known);
});

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, models/ and bin/. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

// package.json is ours and always has a version.
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
export { version };

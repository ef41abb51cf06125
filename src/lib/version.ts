import { readFileSync } from 'node:fs';

// package.json lies one folder above both src/ and dist/. It is ours and always has a version.
const facts = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };

/** The version of feedpulse that runs. */
export const { version } = facts;

import { readFileSync } from 'node:fs';

// package.json is one directory above both src/ and dist/, and always has a version.
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };

/** Version from package.json. */
export const { version } = manifest;

#!/usr/bin/env node
import { existsSync } from 'node:fs';

// The database and the file system share libuv's threads; four of them make inserts wait for reads.
process.env.UV_THREADPOOL_SIZE ??= '16';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (!existsSync(main)) {
  process.stderr.write('feedpulse is not built yet: run `npm run setup`.\n');
  process.exit(1);
}
await import(main.href);

#!/usr/bin/env node
// CommonJS, because an ES module is loaded through libuv's threads, whose number can't change after that.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

// The database and the file system share libuv's threads; four of them make inserts wait for reads.
process.env.UV_THREADPOOL_SIZE ??= '16';
// Otherwise ONNX Runtime writes a device id and an event queue below the user's cache folder, for upload.
process.env.ORT_DISABLE_TELEMETRY = '1';

const main = join(__dirname, '../dist/cli/main.js');
if (existsSync(main)) {
  import(pathToFileURL(main).href);
} else {
  process.stderr.write('feedpulse is not built yet: run `npm run setup`.\n');
  process.exitCode = 1;
}

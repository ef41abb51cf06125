#!/usr/bin/env node
// CommonJS, because loading an ES module starts libuv's thread pool, whose size is then fixed.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

// The database and the file system share libuv's threads; four of them make inserts wait for reads.
process.env.UV_THREADPOOL_SIZE ??= '16';
// Otherwise ONNX Runtime writes a device id and an event queue in the user's cache directory, for upload.
process.env.ORT_DISABLE_TELEMETRY = '1';

const main = join(__dirname, '../dist/cli/main.js');
if (existsSync(main)) {
  // Without a module, such as one of a dependency, nothing of the program runs that could report it.
  import(pathToFileURL(main).href).catch((error) => {
    const advice = error.code === 'ERR_MODULE_NOT_FOUND' ? ': the installation is incomplete, run `npm run setup`' : '';
    process.stderr.write(`feedpulse cannot start${advice} (${error.message}).\n`);
    process.exitCode = 1;
  });
} else {
  process.stderr.write('feedpulse is not built yet: run `npm run setup`.\n');
  process.exitCode = 1;
}

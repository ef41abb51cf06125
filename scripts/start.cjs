// CommonJS, so that UV_THREADPOOL_SIZE is set before libuv starts its threads (see bin/feedpulse.cjs).
process.env.UV_THREADPOOL_SIZE ??= '16';

/** `npm start` shows the demo, unless a source or a config is given. */
const defaultSourceArgs = (args) =>
  process.env.FEEDPULSE_SOURCE || args.some((arg) => /^--(source|config)\b/.test(arg)) ? [] : ['--source', 'demo'];

import('./setup.mjs').then(({ setup, runMain }) =>
  runMain(async () => {
    await setup({ runtimeOnly: true });
    process.argv.splice(1, 1, require.resolve('../bin/feedpulse.cjs'), 'run', ...defaultSourceArgs(process.argv.slice(2)));
    require('../bin/feedpulse.cjs');
  }),
);

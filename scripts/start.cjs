// CommonJS, because an ES module is loaded through libuv's threads, whose number can't change after that.
process.env.UV_THREADPOOL_SIZE ??= '16';

import('./setup.mjs').then(({ setup, orExplain }) =>
  orExplain(async () => {
    await setup();
    process.argv.splice(1, 1, require.resolve('../bin/feedpulse.js'), 'run');
    await import('../bin/feedpulse.js');
  }),
);

// CommonJS for the reason that bin/feedpulse.cjs gives, and with its setting: what is loaded here uses those threads too.
process.env.UV_THREADPOOL_SIZE ??= '16';

import('./setup.mjs').then(({ setup, orExplain }) =>
  orExplain(async () => {
    await setup({ toRun: true });
    process.argv.splice(1, 1, require.resolve('../bin/feedpulse.cjs'), 'run');
    require('../bin/feedpulse.cjs');
  }),
);

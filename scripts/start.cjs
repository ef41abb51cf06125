// CommonJS for the reason that bin/feedpulse.cjs gives, and with its setting: what is loaded here uses those threads too.
process.env.UV_THREADPOOL_SIZE ??= '16';

/** `npm start` shows the demo, unless a source or a config is given. */
const demoUnlessGiven = (args) =>
  process.env.FEEDPULSE_SOURCE || args.some((arg) => /^--(source|config)\b/.test(arg)) ? [] : ['--source', 'demo'];

import('./setup.mjs').then(({ setup, orExplain }) =>
  orExplain(async () => {
    await setup({ toRun: true });
    process.argv.splice(1, 1, require.resolve('../bin/feedpulse.cjs'), 'run', ...demoUnlessGiven(process.argv.slice(2)));
    require('../bin/feedpulse.cjs');
  }),
);

import { runMain, setup } from './setup.mjs';
import { installTools } from './tools.mjs';

/** Prepares a Debian machine for `npm test`: dependencies, build and system packages. */
await runMain(async () => {
  await setup();
  await installTools();
});

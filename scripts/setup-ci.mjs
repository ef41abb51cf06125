import { orExplain, setup } from './setup.mjs';
import { installTools } from './tools.mjs';

/** Prepares a Debian machine for `npm test`: dependencies, build and system packages. */
await orExplain(async () => {
  await setup();
  await installTools();
});

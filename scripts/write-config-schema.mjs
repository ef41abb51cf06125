import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runMain, setup } from './setup.mjs';

/** Writes config.schema.json, which editors use, from the schema that validates the config. */
await runMain(async () => {
  await setup();
  // biome-ignore lint/style/noRestrictedImports: installed by setup()
  const { z } = await import('zod');
  const { configSchema } = await import('../dist/config/schema.js');
  writeFileSync(join(root, 'config.schema.json'), `${JSON.stringify(z.toJSONSchema(configSchema, { io: 'input' }), null, 2)}\n`);
});

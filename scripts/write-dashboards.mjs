import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root, runMain, setup } from './setup.mjs';

/** Writes the JSON boards that Grafana reads from the code in dashboards/source. */
await runMain(async () => {
  await setup();
  // biome-ignore lint/style/noRestrictedImports: installed by setup()
  const { runnerImport } = await import('vite');
  const { boards } = (await runnerImport(resolve(root, 'dashboards/source/boards.ts'))).module;
  for (const [name, board] of Object.entries(boards()))
    writeFileSync(join(root, 'dashboards/boards', name), `${JSON.stringify(board, null, 2)}\n`);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTinyModel } from './tiny-model.ts';

/** One tiny model for a whole suite. The processes that tests start use it unless FEEDPULSE_MODEL_PATH or --model names another. */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'feedpulse-tiny-model-'));
  process.env['TINY_MODEL_PATH'] = await createTinyModel(folder);
  return async () => {
    delete process.env['TINY_MODEL_PATH'];
    await rm(folder, { recursive: true, force: true });
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTinyModel } from './tiny-model.ts';

/** One tiny model for all files of a suite. Processes that tests start use it unless FEEDPULSE_MODEL_PATH or --model is set. */
export async function setup(): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'feedpulse-tiny-model-'));
  process.env['TINY_MODEL_PATH'] = await createTinyModel(dir);
  return async () => {
    delete process.env['TINY_MODEL_PATH'];
    await rm(dir, { recursive: true, force: true });
  };
}

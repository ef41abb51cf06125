import { copyFile, cp, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { bundledModelPath } from '../../src/infer/model/model.ts';
import { type KafkaStage, openKafkaStage } from '../support/faults/kafka-stage.ts';
import { record, seeded } from '../support/faults/record.ts';
import { attempt } from '../support/feedpulse.ts';
import { cleanAudit } from '../support/ledger.ts';

let stage: KafkaStage;

beforeAll(async () => {
  stage = await openKafkaStage();
});
afterEach(() => stage.clear());
afterAll(() => stage.close());

const weights = 'onnx/model_quantized.onnx';

test('a corrupt model is detected before anything is read', async () => {
  const { random } = seeded('corrupt model');
  await stage.produce('unread', random, 50);
  const damages: readonly (readonly [code: string, damage: (folder: string) => Promise<void>])[] = [
    ['MODEL_CORRUPT', (folder) => truncate(join(folder, weights), 1_000_000)],
    ['MODEL_CORRUPT', (folder) => writeFile(join(folder, weights), 'x', { flag: 'r+' })],
    ['MODEL_CORRUPT', (folder) => copyFile(join(folder, 'config.json'), join(folder, 'tokenizer.json'))],
    ['MODEL_MISSING', (folder) => rm(join(folder, weights))],
    ['MODEL_MISSING', (folder) => rm(join(folder, 'manifest.json'))],
  ];
  for (const [index, [code, damage]] of damages.entries()) {
    const model = join(stage.folder, `model-${index}`);
    await cp(bundledModelPath, model, { recursive: true });
    await damage(model);
    const ended = await attempt(
      ['run', '--port', '0', '--source', 'kafka', '--data-dir', stage.dataOf('unread'), '--model', model],
      stage.envOf('unread'),
    );
    expect([ended.code, ended.output.includes(`${code}: `)], ended.output).toEqual([4, true]);
  }
  expect((await stage.progress('unread')).every(({ committed }) => committed === 0)).toBe(true);
  expect(await stage.admin.listTopics()).not.toContain('unread.dead');
  record({ fault: 'model truncated, altered, incomplete', tried: damages.length, found: cleanAudit });
});

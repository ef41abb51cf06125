import { copyFile, cp, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { bundledModelPath } from '../../src/infer/model/model.ts';
import { cleanAudit } from '../support/audit.ts';
import { type KafkaFixture, openKafkaFixture } from '../support/faults/kafka-fixture.ts';
import { createSeededRandom, record } from '../support/faults/record.ts';
import { runCommand } from '../support/feedpulse.ts';

let fixture: KafkaFixture;

beforeAll(async () => {
  fixture = await openKafkaFixture();
});
afterEach(() => fixture.killAll());
afterAll(() => fixture.close());

const weights = 'onnx/upper_quantized.onnx';

test('a corrupt model is detected before anything is read', async () => {
  const { random } = createSeededRandom('corrupt model');
  await fixture.produce('unread', random, 50);
  const damages: readonly (readonly [code: string, damage: (dir: string) => Promise<void>])[] = [
    ['MODEL_CORRUPT', (dir) => truncate(join(dir, weights), 1_000_000)],
    ['MODEL_CORRUPT', (dir) => writeFile(join(dir, weights), 'x', { flag: 'r+' })],
    ['MODEL_CORRUPT', (dir) => copyFile(join(dir, 'config.json'), join(dir, 'tokenizer.json'))],
    ['MODEL_MISSING', (dir) => rm(join(dir, weights))],
    ['MODEL_MISSING', (dir) => rm(join(dir, 'manifest.json'))],
  ];
  for (const [index, [code, damage]] of damages.entries()) {
    const model = join(fixture.dir, `model-${index}`);
    await cp(bundledModelPath, model, { recursive: true });
    await damage(model);
    const result = await runCommand(
      ['run', '--port', '0', '--source', 'kafka', '--data-dir', fixture.dataDir('unread'), '--model', model],
      fixture.env('unread'),
    );
    expect([result.code, result.output.includes(`${code}: `)], result.output).toEqual([4, true]);
  }
  expect((await fixture.progress('unread')).every(({ committed }) => committed === 0)).toBe(true);
  expect(await fixture.admin.listTopics()).not.toContain('unread.dead');
  record({ fault: 'corrupt or incomplete model', attempts: damages.length, result: cleanAudit });
});

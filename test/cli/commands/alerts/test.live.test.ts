import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attempt } from '../../../support/feedpulse.ts';
import { startReceiver } from '../../../support/receiver.ts';

test('every channel gets a test message; what fails is said, with the code of the error; paths and secrets stay unsaid', async () => {
  const receiver = await startReceiver();
  const url = `${receiver.url}/hidden`;
  const folder = await mkdtemp(join(tmpdir(), 'feedpulse-channels-'));
  const file = join(folder, 'feedpulse.yaml');
  const webhook = { type: 'webhook', url, allowPrivate: true, password: 'hidden-too' };
  const channels = { webhook, ops: { type: 'slack', url, allowPrivate: true }, cards: { type: 'teams', url } };
  await writeFile(file, JSON.stringify({ alerts: { channels } }));
  const run = (...args: string[]) => attempt(['alerts', 'test', ...args, '--config', file], {});
  const [all, one, unknown, json] = [await run(), await run('ops'), await run('opps'), await run('webhook', '--json')];
  await receiver.close();
  await rm(folder, { recursive: true });

  expect([all.code, one.code, unknown.code, json.code]).toEqual([9, 0, 2, 0]);
  expect(all.output).toMatch(/webhook +yes/);
  expect(all.output).toMatch(/cards +no +WEBHOOK_REJECTED: 127\.0\.0\.1 is not on the public internet\./);
  expect(all.output).toMatch(/WEBHOOK_REJECTED: 1 of 3 channels did not take it\./);
  expect(one.output).toMatch(/^CHANNEL +TAKEN.*\nops +yes *\n$/);
  expect(unknown.output).toContain('there is no channel opps, but webhook, ops, cards');
  expect(JSON.parse(json.output)).toEqual([{ channel: 'webhook', taken: true }]);
  expect(receiver.received.map(({ body }) => body['type'] ?? body['text'])).toEqual(
    expect.arrayContaining(['test', 'This is a test: alerts of feedpulse arrive here']),
  );
  expect(receiver.received).toHaveLength(4);
  for (const { output } of [all, one, unknown, json]) expect(output).not.toContain('hidden');
});

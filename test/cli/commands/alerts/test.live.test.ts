import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../../../support/feedpulse.ts';
import { startWebhookReceiver } from '../../../support/webhook-receiver.ts';

test('every channel gets a test message; failures show the error code, never paths or secrets', async () => {
  const receiver = await startWebhookReceiver();
  const url = `${receiver.url}/hidden`;
  const folder = await mkdtemp(join(tmpdir(), 'feedpulse-channels-'));
  const file = join(folder, 'feedpulse.yaml');
  const webhook = { type: 'webhook', url, allowPrivate: true, password: 'hidden-too' };
  const channels = { webhook, ops: { type: 'slack', url, allowPrivate: true }, cards: { type: 'teams', url } };
  await writeFile(file, JSON.stringify({ alerts: { channels } }));
  const run = (...args: string[]) => runCommand(['alerts', 'test', ...args, '--config', file], {});
  const [all, one, unknown, json] = [await run(), await run('ops'), await run('opps'), await run('webhook', '--format', 'json')];
  await receiver.close();
  await rm(folder, { recursive: true });

  expect([all.code, one.code, unknown.code, json.code]).toEqual([9, 0, 2, 0]);
  expect(all.output).toMatch(/webhook +yes/);
  expect(all.output).toMatch(/cards +no +WEBHOOK_REJECTED: 127\.0\.0\.1 is not on the public internet\./);
  expect(all.output).toMatch(/WEBHOOK_REJECTED: 1 of 3 channels failed\./);
  expect(one.output).toMatch(/^CHANNEL +DELIVERED.*\nops +yes *\n$/);
  expect(unknown.output).toContain('unknown channel opps, expected one of webhook, ops, cards');
  expect(JSON.parse(json.output)).toEqual([{ channel: 'webhook', delivered: true }]);
  expect(receiver.received.map(({ body }) => body['type'] ?? body['text'])).toEqual(
    expect.arrayContaining(['test', 'Test message: feedpulse alerts will arrive here']),
  );
  expect(receiver.received).toHaveLength(4);
  for (const { output } of [all, one, unknown, json]) expect(output).not.toContain('hidden');
});

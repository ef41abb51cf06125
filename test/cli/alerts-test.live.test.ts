import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { attempt } from '../support/feedpulse.ts';

test('a test message reaches a receiver that the config allows, and no other; its path and secret stay unsaid', async () => {
  const bodies: unknown[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(JSON.parse(body));
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const env = { FEEDPULSE_ALERTS_WEBHOOK_URL: `http://127.0.0.1:${port}/hidden`, FEEDPULSE_ALERTS_WEBHOOK_PASSWORD: 'hidden-too' };
  const refused = await attempt(['alerts', 'test'], env);
  const sent = await attempt(['alerts', 'test'], { ...env, FEEDPULSE_ALERTS_WEBHOOK_ALLOW_PRIVATE: 'true' });
  const shown = await attempt(['check-config', '--json'], env);
  await new Promise((resolve) => server.close(resolve));
  expect([refused.code, sent.code]).toEqual([9, 0]);
  expect(refused.output).toMatch(/^WEBHOOK_REFUSED: 127\.0\.0\.1 is not on the public internet\./);
  expect(sent.output).toBe(`127.0.0.1:${port} has taken it.\n`);
  expect(bodies).toEqual([expect.objectContaining({ type: 'test' })]);
  for (const { output } of [refused, sent, shown]) expect(output).not.toContain('hidden');
});

import { createHmac } from 'node:crypto';
import type { LookupAddress } from 'node:dns';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPublicLookup, isPublicAddress, sendWebhook } from '../../../src/alerts/notify/webhook.ts';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server;
let received: Received[];
let answer: { status: number; headers: Record<string, string> };
let port: number;

beforeEach(async () => {
  received = [];
  answer = { status: 204, headers: {} };
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ path: request.url ?? '', headers: request.headers, body });
    response.writeHead(answer.status, answer.headers).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo); // it listens on TCP
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const now = Date.UTC(2026, 5, 15, 12);
const hook = (more: object = {}) => ({ url: `http://127.0.0.1:${port}/T0/secret-path`, allowPrivate: true, ...more });

test('a message is sent as signed JSON with its idempotency key', async () => {
  await sendWebhook(hook({ secret: 'sésame' }), { key: 'k1', body: { text: 'naïve ✓' } }, now);
  const { headers = {}, body = '' }: Partial<Received> = received[0] ?? {};
  expect(JSON.parse(body)).toEqual({ text: 'naïve ✓' });
  expect(headers['idempotency-key']).toBe('k1');
  const signature = createHmac('sha256', 'sésame')
    .update(`${now / 1_000}.${body}`)
    .digest('hex');
  expect(headers['feedpulse-signature']).toBe(`t=${now / 1_000},v1=${signature}`);
});

test.each(['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '0x7f.1', '2130706433'])(
  'nothing is sent to %s unless it is allowed',
  async (host) => {
    const given = { url: `http://${host}:${port}/`, allowPrivate: false };
    await expect(sendWebhook(given, { body: {} }, now)).rejects.toMatchObject({ code: 'WEBHOOK_REJECTED' });
    expect(received).toEqual([]);
  },
);

test('redirects are not followed, and errors omit the path', async () => {
  answer = { status: 307, headers: { location: `http://127.0.0.1:${port}/elsewhere` } };
  const failing = sendWebhook(hook(), { body: {} }, now);
  await expect(failing).rejects.toMatchObject({ code: 'WEBHOOK_FAILED', message: `127.0.0.1:${port} responded with HTTP 307.` });
  expect(received).toHaveLength(1);
  await expect(sendWebhook({ url: 'http://127.0.0.1:1/secret-path', allowPrivate: true }, { body: {} }, now)).rejects.toMatchObject({
    code: 'WEBHOOK_FAILED',
    message: expect.not.stringContaining('secret-path'),
  });
});

test.each([
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '127.8.8.8',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  'fe80::1',
  'fc00::1',
  'ff02::1',
  '::ffff:10.0.0.1',
  '64:ff9b::a00:1',
  '2002:a00:1::',
  '2001:db8::1',
  'no address',
])('%s is not public', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each(['1.1.1.1', '93.184.215.14', '2606:4700:4700::1111', '::ffff:1.1.1.1'])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

/** A fake DNS lookup that returns these answers in turn. */
function answering(...answers: readonly (readonly string[])[]) {
  let calls = 0;
  const look = (_host: string, _options: object, callback: (fault: null, found: LookupAddress[]) => void) =>
    callback(
      null,
      (answers[Math.min(calls++, answers.length - 1)] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  // The overloads of node:dns's own cannot be written as a function expression.
  return { look: look as unknown as NonNullable<Parameters<typeof createPublicLookup>[0]>, calls: () => calls };
}

const lookUp = (look: ReturnType<typeof answering>['look']) =>
  new Promise((resolve, reject) =>
    createPublicLookup(look)('name.example', {}, (fault, address) => (fault ? reject(fault) : resolve(address))),
  );

test('a host with any private address is rejected; a public one is resolved once, and the checked address is used', async () => {
  await expect(lookUp(answering(['1.1.1.1', '10.0.0.1']).look)).rejects.toMatchObject({ code: 'WEBHOOK_REJECTED' });
  const changing = answering(['1.1.1.1'], ['127.0.0.1']);
  expect(await lookUp(changing.look)).toBe('1.1.1.1');
  expect(changing.calls()).toBe(1);
});

import { afterEach, expect, test, vi } from 'vitest';
import { get, RequestRejected } from '../../../src/web/api/client.ts';

afterEach(() => vi.unstubAllGlobals());

const { signal } = new AbortController();
const answer = (body: string, status = 200, type = 'application/json') =>
  vi.stubGlobal('fetch', async () => new Response(body, { status, headers: { 'content-type': type } }));

test('a page that is not JSON, such as the sign-in page of a network, is told apart from a broken response', async () => {
  answer('<html>Welcome to the train</html>', 200, 'text/html');
  await expect(get('summary', {}, signal)).rejects.toThrow(/^Something other than feedpulse answered/);
});

test('a request that the server rejects is told apart from one that is worth sending again', async () => {
  answer('{"detail":"from: must be before to."}', 400, 'application/problem+json');
  await expect(get('summary', {}, signal)).rejects.toThrow(RequestRejected);
  for (const status of [408, 429, 500, 503]) {
    answer('{}', status, 'application/problem+json');
    const thrown: unknown = await get('summary', {}, signal).catch((error: unknown) => error);
    expect([status, thrown instanceof RequestRejected]).toEqual([status, false]);
  }
});

test.each([
  [false, 'This device is offline.'],
  [true, "Can't reach feedpulse."],
])('a request that fails while onLine is %s says %j', async (onLine, message) => {
  vi.stubGlobal('navigator', { onLine });
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('Failed to fetch');
  });
  await expect(get('summary', {}, signal)).rejects.toThrow(message);
});

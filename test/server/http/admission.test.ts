import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { type AdmissionOptions, registerAdmission } from '../../../src/server/http/admission.ts';
import { type App, createApp } from '../../../src/server/http/create-app.ts';
import { quiet } from '../../support/test-database.ts';

/** An app with a query, a heavy query and another route, each of which does `work`; and the most of each that ran at once. */
function createTestApp(work: () => Promise<void>, options: Partial<AdmissionOptions> = {}): { app: App; most: Map<string, number> } {
  const app = createApp({ log: quiet });
  registerAdmission(app, { clock: systemClock, isIngestSaturated: () => false, cpus: 2, ...options });
  const running = new Map<string, number>();
  const most = new Map<string, number>();
  for (const [url, config] of [
    ['/light', { role: 'public', cacheable: true }],
    ['/heavy', { role: 'public', cacheable: true, heavy: true }],
    ['/other', { role: 'public' }],
  ] as const)
    app.get(url, { config }, async () => {
      running.set(url, (running.get(url) ?? 0) + 1);
      most.set(url, Math.max(most.get(url) ?? 0, running.get(url) ?? 0));
      await work();
      running.set(url, (running.get(url) ?? 0) - 1);
      return {};
    });
  return { app, most };
}

const sendTimes = (app: App, url: string, count: number) => Promise.all(Array.from({ length: count }, () => app.inject({ url })));

test('heavy queries are answered one at a time, others a few at a time, and all of them are answered', async () => {
  const { app, most } = createTestApp(() => sleep(5));
  const responses = await Promise.all(['/light', '/heavy', '/other'].map((url) => sendTimes(app, url, 20)));
  expect(responses.flat().every(({ statusCode }) => statusCode === 200)).toBe(true);
  expect(Object.fromEntries(most)).toEqual({ '/light': 4, '/heavy': 1, '/other': 20 });
  await app.close();
});

test.each([
  ['/light', 0.15],
  ['/heavy', 0.6],
  ['/other', 1],
])('while ingestion needs both cores, %s runs for this share of the time: %d', async (url, share) => {
  let now = 0;
  const advance = async (ms: number): Promise<void> => {
    now += ms;
  };
  const { app } = createTestApp(() => advance(1_000), { clock: { now: () => now, sleep: advance }, isIngestSaturated: () => true });
  const requests = 200;
  for (let request = 0; request < requests; request += 1) await app.inject({ url });
  await app.close();
  expect(Math.abs((requests * 1_000) / now - share)).toBeLessThan(0.02);
});

test('an error of a query ends its turn', async () => {
  const { app } = createTestApp(async () => {});
  app.get('/failing', { config: { role: 'public', heavy: true } }, async () => {
    throw new Error('rejected');
  });
  expect((await app.inject({ url: '/failing' })).statusCode).toBe(500);
  expect((await app.inject({ url: '/heavy' })).statusCode).toBe(200);
  await app.close();
});

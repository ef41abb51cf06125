import { expect, it } from 'vitest';
import { createCutover } from '../../../../src/ingest/sources/bluesky/cutover.ts';
import type { JetstreamCursor } from '../../../../src/ingest/sources/bluesky/jetstream-cursor.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { quiet } from '../../../support/test-database.ts';

const sampleMs = 10_000;

/** A stream that was resumed `behindSeconds` ago and delivers an event every 100 ms. */
function start(behindSeconds: number, failures = 0) {
  const clock = createManualClock();
  const began = clock.now();
  const at = (seconds: number): JetstreamCursor => ({ endpoint: 'ws://a', timeUs: (began + seconds * 1_000) * 1_000 });
  const rereads: [fromSeconds: number, untilSeconds: number][] = [];
  const gaps: number[] = [];
  const seconds = (timeUs: number): number => timeUs / 1e6 - began / 1_000;
  let remaining = failures;
  const stop = new AbortController();
  const toStored = createCutover(
    {
      resumed: at(-behindSeconds),
      sampleMs,
      clock,
      log: quiet,
      onGap: (missing) => void gaps.push(missing),
      reread: async (from, untilUs) => {
        rereads.push([seconds(from.timeUs), seconds(untilUs)]);
        remaining -= 1;
        if (remaining >= 0) throw new Error('refused');
      },
    },
    stop.signal,
  );
  let position = -behindSeconds;
  return {
    rereads,
    gaps,
    stop,
    /** Advances the clock while the stream advances `speed` times as fast, at most to the present. Returns the stored position. */
    run: async (forSeconds: number, speed: number, seq?: number): Promise<number> => {
      let stored = Number.NaN;
      for (let step = 0; step < forSeconds * 10; step += 1) {
        await clock.advance(100);
        position = Math.min((clock.now() - began) / 1_000, position + speed / 10);
        stored = seconds(toStored(at(position), seq === undefined ? { kind: 'event' } : { kind: 'event', seq }).timeUs);
      }
      return stored;
    },
  };
}

it('advances the cursor up to the opening of the connection, holds it until the stream is live, and reads that time again', async () => {
  const { run, rereads, gaps } = start(600);
  // 600 seconds at 20 times real time: the opening is reached after 30 seconds, the present after about 32.
  expect(await run(20, 20)).toBeCloseTo(-600 + 20 * 20, 0);
  const held = await run(10, 20);
  expect(held).toBeLessThan(-60);
  expect(held).toBeGreaterThan(-65);
  expect(await run(19, 20)).toBe(held);
  expect(rereads).toEqual([]);
  const stored = await run(21, 20);
  expect(rereads).toHaveLength(1);
  const [[from, until]] = rereads as [[number, number]];
  expect(from).toBe(held);
  expect(until).toBeGreaterThan(39);
  expect(stored).toBeCloseTo(70, 0);
  expect(gaps).toEqual([]);
});

it('holds the cursor while the stream is behind, however slowly it catches up', async () => {
  const { run, rereads } = start(40);
  expect(await run(60, 1.04)).toBe(-40);
  expect(rereads).toEqual([]);
});

it('tries three times, then lets the cursor advance, and reports a gap', async () => {
  const { run, rereads, gaps } = start(5, 10);
  expect(await run(49, 20)).toBe(-5);
  expect(gaps).toEqual([]);
  expect(await run(10, 20)).toBeGreaterThan(40);
  expect(rereads).toHaveLength(3);
  const [, until = Number.NaN] = rereads[0] ?? [];
  expect(gaps).toEqual([Math.ceil(until + 5)]);
});

it('needs nothing of that where the server numbers its events', async () => {
  const { run, rereads } = start(5);
  expect(await run(1, 20, 77)).toBeCloseTo(1, 1);
  await run(60, 20, 78);
  expect(rereads).toEqual([]);
});

it('ends with the connection', async () => {
  const { run, rereads, stop } = start(5);
  await run(12, 20);
  stop.abort();
  await run(60, 20);
  expect(rereads).toEqual([]);
});

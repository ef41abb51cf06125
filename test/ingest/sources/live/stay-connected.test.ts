import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Activity,
  ConnectionError,
  type Disconnection,
  parseRetryAfter,
  stayConnected,
} from '../../../../src/ingest/sources/live/stay-connected.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

// Delays are then three quarters of their maximum.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0.5));
afterEach(() => void vi.restoreAllMocks());

type Connect = (endpoint: string, onData: () => void, signal: AbortSignal, activity: Activity) => Promise<void>;

function start(connect: Connect, endpoints = ['a', 'b']) {
  const clock = createManualClock();
  const began = clock.now();
  const attempts: [endpoint: string, seconds: number][] = [];
  const disconnections: Disconnection[] = [];
  const stop = new AbortController();
  const run = stayConnected(
    {
      endpoints,
      stallMs: 60_000,
      clock,
      connect: (endpoint, activity, signal) => {
        attempts.push([endpoint, (clock.now() - began) / 1_000]);
        return connect(endpoint, activity.onData, signal, activity);
      },
      onDisconnect: (disconnection) => disconnections.push(disconnection),
    },
    stop.signal,
  );
  return { clock, attempts, disconnections, stop, run };
}

const refuse: Connect = async () => {
  throw new ConnectionError('refused');
};

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

describe('stayConnected', () => {
  it.each([3_600_000, -3_600_000])('takes a clock that is set by %i ms neither for a stall nor for a wait', async (step) => {
    const { clock, attempts, stop, run } = start(async (_, onData, signal) => {
      onData();
      await untilAborted(signal);
    });
    await clock.advance(10_000);
    clock.step(step);
    await clock.advance(49_000);
    expect(attempts).toHaveLength(1);
    await clock.advance(2_000); // no data for a minute
    expect(attempts).toHaveLength(2);
    stop.abort();
    await run;
    const refused = start(refuse);
    await refused.clock.advance(10);
    refused.clock.step(step);
    await refused.clock.advance(1_000);
    expect(refused.attempts).toHaveLength(4);
    refused.stop.abort();
    await refused.run;
  });

  it('turns to the next endpoint at once, and waits longer for each round of refusals', async () => {
    const { clock, attempts, disconnections, stop, run } = start(refuse);
    await clock.advance(10_000);
    expect(attempts).toEqual([
      ['a', 0],
      ['b', 0],
      ['a', 0.75],
      ['b', 0.75],
      ['a', 2.25],
      ['b', 2.25],
      ['a', 5.25],
      ['b', 5.25],
    ]);
    expect(disconnections[0]).toMatchObject({ endpoint: 'a', nextEndpoint: 'b', delayMs: 0, error: { message: 'refused' } });
    stop.abort();
    await run;
  });

  it('never waits longer than a minute, and keeps trying', async () => {
    const { clock, attempts, stop, run } = start(refuse, ['a']);
    await clock.advance(3_600_000);
    expect(attempts.length).toBeGreaterThan(60);
    stop.abort();
    await run;
  });

  it('resumes an interrupted connection at the same endpoint, and leaves it when it is interrupted again and again', async () => {
    const interrupted: Connect = async (_, onData) => {
      onData();
      throw new ConnectionError('reset');
    };
    const { clock, attempts, stop, run } = start(interrupted);
    await clock.advance(3_000);
    expect(attempts.slice(0, 4)).toEqual([
      ['a', 0],
      ['a', 0.75],
      ['a', 2.25],
      ['b', 2.25],
    ]);
    stop.abort();
    await run;
  });

  it('forgets failures once a connection was healthy', async () => {
    const { clock, attempts, stop, run } = start(async (_, onData, signal) => {
      onData();
      await clock.sleep(20_000, signal);
      throw new ConnectionError('reset');
    });
    await clock.advance(100_000);
    expect(attempts.every(([endpoint], index) => endpoint === 'a' && attempts[index]?.[1] === index * 20.75)).toBe(true);
    stop.abort();
    await run;
  });

  it('reconnects at once where this side ended the connection', async () => {
    const { clock, attempts, disconnections, stop, run } = start(async (_, onData, signal) => {
      onData();
      await clock.sleep(1_000, signal);
    });
    await clock.advance(3_500);
    expect(attempts.map(([, seconds]) => seconds)).toEqual([0, 1, 2, 3]);
    expect(disconnections).toEqual([]);
    stop.abort();
    await run;
  });

  it('obeys Retry-After, up to a quarter of an hour', async () => {
    const { clock, attempts, stop, run } = start(async (endpoint) => {
      throw new ConnectionError('slow down', { retryAfterMs: endpoint === 'a' ? 40_000 : 86_400_000 });
    });
    await clock.advance(39_000);
    expect(attempts).toHaveLength(2);
    await clock.advance(900_000);
    expect(attempts.filter(([endpoint]) => endpoint === 'b').map(([, seconds]) => seconds)).toEqual([0, 900]);
    stop.abort();
    await run;
  });

  it('closes a connection that delivers nothing', async () => {
    const { clock, attempts, disconnections, stop, run } = start((_, onData, signal) => {
      onData();
      return untilAborted(signal);
    });
    await clock.advance(61_000);
    expect(attempts).toEqual([
      ['a', 0],
      ['b', 60],
    ]);
    expect(disconnections[0]?.error.message).toBe('no data for 60 seconds');
    stop.abort();
    await run;
  });

  it('does not take a pause of the reader for a stall, but silence after it', async () => {
    const pauseMs = 100_000;
    const { clock, attempts, stop, run } = start(async (_, onData, signal, { pause }) => {
      onData();
      await pause(clock.sleep(pauseMs, signal));
      await untilAborted(signal);
    });
    await clock.advance(pauseMs + 59_000);
    expect(attempts).toHaveLength(1);
    await clock.advance(62_000);
    expect(attempts.at(-1)?.[0]).toBe('b');
    stop.abort();
    await run;
  });

  it('ends when it is aborted, connected or waiting', async () => {
    const connected = start((_, __, signal) => untilAborted(signal));
    await connected.clock.advance(1_000);
    connected.stop.abort();
    await connected.run;
    const waiting = start(refuse);
    await waiting.clock.advance(100_000);
    waiting.stop.abort();
    await waiting.run;
  });
});

describe('parseRetryAfter', () => {
  it.each([
    [undefined, undefined],
    ['120', 120_000],
    ['Mon, 15 Jun 2026 12:00:30 GMT', 30_000],
    ['Mon, 15 Jun 2026 11:00:00 GMT', 0],
    ['soon', undefined],
  ])('reads %j as %j ms', (header, expected) => {
    expect(parseRetryAfter(header, Date.UTC(2026, 5, 15, 12))).toBe(expected);
  });
});

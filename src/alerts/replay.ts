import type { AlertTransition } from '../domain/alert.ts';
import { type LabelCounts, volumeOf } from '../domain/sentiment-counts.ts';
import { yieldToEventLoop } from '../lib/yield-to-event-loop.ts';
import type { AlertFigures, Buckets, CountsByBrand } from '../sink/queries/read-alert-figures.ts';
import { createEvaluator } from './evaluator.ts';
import type { Rule } from './rules.ts';

const minuteMs = 60_000;
/** How long after its end a minute shows in the figures, and is looked at. */
const seenAfterMs = 20_000;
/** Looks between two breaths, in which others of this process have their turn. */
const looksAtOnce = 60;

/** Figures that are known as a whole, of what came later as well. */
export interface PastFigures {
  /** `*` among the brands. */
  readonly minutes: CountsByBrand;
  readonly quarters: CountsByBrand;
  /** The first quarter-hour with posts of each brand. */
  readonly first: ReadonlyMap<string, number>;
}

export interface ReplayOptions {
  readonly rules: readonly Rule[];
  readonly past: PastFigures;
  /** Times in ms since 1970. */
  readonly from: number;
  readonly to: number;
  readonly noDataAfterMs: number;
  /** Told how many minutes have been judged. */
  readonly report?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Judges every minute of a stretch as a run would have when it came, with the rules as they are given; nothing is stored
 * and nobody is told. What is said of a minute depends on those before it alone.
 */
export async function replay({ rules, past, from, to, noDataAfterMs, report, signal }: ReplayOptions): Promise<AlertTransition[]> {
  let now = from;
  const evaluator = createEvaluator({
    figures: figuresAt(past, () => now),
    records: { states: async () => [], mutes: async () => [] },
    log: { addChanges: async () => {}, putStates: async () => {} },
    rules,
    tell: () => [],
    noDataAfterMs,
    clock: { now: () => now },
    isLive: () => true,
  });
  const changes: AlertTransition[] = [];
  let looks = 0;
  for (now = Math.ceil(from / minuteMs) * minuteMs + seenAfterMs; now < to; now += minuteMs) {
    changes.push(...(await evaluator.evaluate()).changes);
    looks += 1;
    if (looks % looksAtOnce !== 0) continue;
    report?.(looks);
    await yieldToEventLoop();
    signal?.throwIfAborted();
  }
  return changes;
}

function figuresAt({ minutes, quarters, first }: PastFigures, now: () => number): AlertFigures {
  return {
    newest: async (since) => newestOf(minutes.get('*') ?? new Map<number, LabelCounts>(), since, now()),
    isBehind: async () => false,
    delay: async () => 0,
    minutes: async () => minutes,
    // An expectation asks for none that was not over by then.
    quarters: async () => quarters,
    firstOf: async () => first,
  };
}

function newestOf(everyone: Buckets, since: number, now: number): number | undefined {
  for (let time = Math.floor(now / minuteMs) * minuteMs; time >= since; time -= minuteMs) {
    const counts = everyone.get(time);
    if (counts && volumeOf(counts) > 0) return time;
  }
  return undefined;
}

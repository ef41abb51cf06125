import type { AlertTransition } from '../domain/alert.ts';
import type { Buckets, StoredFigures } from '../sink/queries/read-alert-figures.ts';
import { baselineReach } from './detect/baselines.ts';
import { replay } from './replay.ts';
import type { Brand, Rule } from './rules.ts';

const dayMs = 86_400_000;
/** Minutes of so many brands are held at a time: some 50 MB for a month. */
const brandsAtOnce = 8;

export interface StoredReplay {
  readonly figures: StoredFigures;
  readonly rule: Rule;
  /** Times in ms since 1970. */
  readonly from: number;
  readonly to: number;
  readonly noDataAfterMs: number;
  /** Told how many minutes of brands have been judged, and how many there are. */
  readonly report: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface StoredReplayOutcome {
  /** Where it began: minutes are not kept for ever. */
  readonly from: number;
  /** In order of time. */
  readonly changes: readonly AlertTransition[];
}

/** What a rule would have said over the stored history, as far back as minutes are kept. Errors are the database's faults. */
export async function replayStored({ figures, rule, to, report, signal, ...options }: StoredReplay): Promise<StoredReplayOutcome> {
  const from = Math.max(options.from, (await figures.oldest()) ?? to);
  const brands = rule.brands;
  const perGroup = Math.max(0, Math.floor((to - from) / 60_000));
  const groups = Math.ceil(brands.length / brandsAtOnce);
  const changes: AlertTransition[] = [];
  for (let group = 0; group < groups; group += 1) {
    const some = brands.slice(group * brandsAtOnce, (group + 1) * brandsAtOnce);
    const past = await load(figures, some, rule, from, to, signal);
    const rules = [{ ...rule, brands: some }];
    const judged = (done: number): void => report(group * perGroup + done, groups * perGroup);
    const found = await replay({ rules, past, from, to, noDataAfterMs: options.noDataAfterMs, report: judged, signal });
    changes.push(...found.filter((change) => change.rule === rule.name));
  }
  return { from, changes: changes.sort((a, b) => a.at - b.at) };
}

async function load(figures: StoredFigures, brands: readonly Brand[], { spans }: Rule, from: number, to: number, signal: AbortSignal) {
  const names = [...new Set(['*', ...brands.map(({ name }) => name)])];
  const minutes = new Map<string, Map<number, NonNullable<ReturnType<Buckets['get']>>>>();
  for (let day = from - Math.max(...spans); day < to; day += dayMs) {
    signal.throwIfAborted();
    for (const [brand, found] of await figures.minutes(names, day, Math.min(to, day + dayMs))) {
      const known = minutes.get(brand) ?? new Map();
      for (const [start, counts] of found) known.set(start, counts);
      minutes.set(brand, known);
    }
  }
  const since = from - baselineReach;
  return { minutes, quarters: await figures.quartersBetween(names, since, to), first: await figures.firstOf(names, since) };
}

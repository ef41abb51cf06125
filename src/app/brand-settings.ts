import { brand as brandSchema } from '../config/ingest.ts';
import type { BrandConfig } from '../config/schema.ts';
import { type BrandMatcher, brandTerms, createBrandMatcher } from '../ingest/brands/brand-matcher.ts';
import type { Clock } from '../lib/clock.ts';
import { FeedpulseError } from '../lib/errors.ts';
import { parseJson } from '../lib/json.ts';
import type { Log } from '../lib/log.ts';
import { createSerialQueue } from '../lib/serial-queue.ts';
import type { BrandEntry, BrandSettings } from '../server/routes/dependencies.ts';
import type { Database } from '../sink/client/connection.ts';
import { describeError } from '../sink/client/database-errors.ts';
import { putSetting, readSettings, type StoredSetting } from '../sink/queries/setting-changes.ts';

/** How often changes by other processes that share the database are read. */
const pollMs = 10_000;
/** In the database; the file has no limit. */
const maxStoredBrands = 1_000;

/** The brands in force: those of the config, and those that were added while feedpulse ran. */
export interface LiveBrands extends BrandSettings {
  /** A new array after every change, the same one in between. */
  list(): readonly BrandConfig[];
  /** Names and aliases of all brands; a new array after every change. */
  terms(): readonly string[];
  /** The matcher for the brands of this moment. */
  currentMatcher(): BrandMatcher;
  /** Always matches the brands in force. */
  readonly matcher: BrandMatcher;
  /** Reads the changes of other processes every ten seconds. An embedded database has no other process. */
  follow(): { stop(): Promise<void> };
}

interface Deps {
  readonly db: Pick<Database, 'kind' | 'maintenance'>;
  /** The brands of the config. Where both have a brand, this one wins. */
  readonly configured: readonly BrandConfig[];
  readonly clock: Clock;
  readonly log: Log;
}

interface State {
  readonly entries: readonly BrandEntry[];
  readonly brands: readonly BrandConfig[];
  readonly terms: readonly string[];
  readonly matcher: BrandMatcher;
}

/**
 * Reads the brands of the database. Changes of this process are in force once `put` or `remove` resolves.
 * @throws the database's errors
 */
export async function openLiveBrands({ db, configured, clock, log }: Deps): Promise<LiveBrands> {
  const client = db.maintenance;
  const inOrder = createSerialQueue();
  let loaded = '';
  let state = toState(configured, []);
  let lastChangeAt = 0;

  const load = async (): Promise<void> => {
    const stored = await readSettings(client, 'brand');
    const next = JSON.stringify(stored);
    if (next === loaded) return;
    loaded = next;
    lastChangeAt = Math.max(lastChangeAt, ...stored.map(({ changedAt }) => changedAt));
    state = toState(configured, stored.flatMap(parseStored(log)));
  };
  const change = async (name: string, value: string, changedBy: string): Promise<void> => {
    // The latest change wins, so two of them may not have the same time.
    lastChangeAt = Math.max(clock.now(), lastChangeAt + 1);
    await putSetting(client, { kind: 'brand', name, value, changedBy, changedAt: lastChangeAt });
    await load();
    log.info({ brand: name, by: changedBy }, value === '' ? 'brand removed' : 'brand saved');
  };
  await load();

  return {
    list: () => state.brands,
    terms: () => state.terms,
    currentMatcher: () => state.matcher,
    matcher: {
      match: (text) => state.matcher.match(text),
      get hash() {
        return state.matcher.hash;
      },
    },
    entries: () => state.entries,
    put: (brand, by) =>
      inOrder(async () => {
        checkName(brand.name, state.entries);
        await change(brand.name, JSON.stringify(brand), by);
      }),
    remove: (name, by) =>
      inOrder(async () => {
        const entry = state.entries.find(({ brand }) => brand.name === name);
        if (!entry) return false;
        if (entry.isConfigured) throw definedInConfig(name);
        await change(name, '', by);
        return true;
      }),
    follow: () => {
      const stopping = new AbortController();
      const reload = () => inOrder(load);
      const polling = db.kind === 'server' ? poll(reload, { clock, log }, stopping.signal) : undefined;
      return {
        stop: async () => {
          stopping.abort();
          await polling;
        },
      };
    },
  };
}

const parseStored =
  (log: Log) =>
  ({ name, value, changedBy, changedAt }: StoredSetting): BrandEntry[] => {
    const parsed = brandSchema.safeParse(parseJson(value));
    if (parsed.success) return [{ brand: parsed.data, isConfigured: false, changedBy, changedAt }];
    log.warn({ brand: name }, 'a stored brand is ignored: this version cannot read it');
    return [];
  };

/** @throws USAGE if a brand of this name may not be stored */
function checkName(name: string, entries: readonly BrandEntry[]): void {
  const isSame = (other: string): boolean => other.toLowerCase() === name.toLowerCase();
  const existing = entries.find(({ brand }) => isSame(brand.name));
  if (existing?.isConfigured) throw definedInConfig(existing.brand.name);
  if (existing && existing.brand.name !== name) throw new FeedpulseError('USAGE', `name: duplicate brand ${existing.brand.name}.`);
  if (!existing && entries.filter(({ isConfigured }) => !isConfigured).length >= maxStoredBrands)
    throw new FeedpulseError('USAGE', `There are ${maxStoredBrands} brands; remove some first.`);
}

const definedInConfig = (name: string): FeedpulseError =>
  new FeedpulseError('USAGE', `name: the brand ${name} is defined in the config; change it there.`);

async function poll(reload: () => Promise<void>, { clock, log }: Pick<Deps, 'clock' | 'log'>, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await clock.sleep(pollMs, stop);
    if (stop.aborted) return;
    await reload().catch((error: unknown) =>
      log.warn({ error: describeError(error) }, 'the brands of the database could not be read; trying again'),
    );
  }
}

/** A brand of the config hides a stored one of the same name. */
function toState(configured: readonly BrandConfig[], all: readonly BrandEntry[]): State {
  const names = new Set(configured.map(({ name }) => name.toLowerCase()));
  const stored = all.filter(({ brand }) => !names.has(brand.name.toLowerCase()));
  const brands = [...configured, ...stored.map(({ brand }) => brand)];
  return {
    entries: [...configured.map((brand): BrandEntry => ({ brand, isConfigured: true })), ...stored],
    brands,
    terms: brandTerms('*', brands),
    matcher: createBrandMatcher(brands),
  };
}

import { createRandom, pick, pickWeighted, type Random } from '../../../src/lib/random.ts';

/** An event of the network, before a server has numbered it. */
export interface NetworkEvent {
  /** Position in the network; the sequence number of a server adds its own offset. */
  readonly index: number;
  /** Microseconds since 1970; increases with every event. */
  readonly timeUs: number;
  readonly did: string;
  readonly commit?: Commit;
  readonly identity?: { readonly did: string; readonly handle: string };
  readonly account?: { readonly did: string; readonly active: boolean; readonly status?: string };
}

interface Commit {
  readonly rev: string;
  readonly operation: 'create' | 'update' | 'delete';
  readonly collection: string;
  readonly rkey: string;
  readonly record?: Readonly<Record<string, unknown>>;
  readonly cid?: string;
}

/** What a post must finally be. */
export interface LedgerPost {
  readonly uri: string;
  readonly did: string;
  text: string;
  deleted: boolean;
  /** Indexes of the events that concern it. */
  readonly events: number[];
}

/** An endless network: posts in several languages, their edits and deletions, likes, follows, reposts, and accounts. */
export interface Traffic {
  /** The next event, which happens at `timeUs`. */
  next(timeUs: number): NetworkEvent;
  /** Every post so far. */
  readonly ledger: ReadonlyMap<string, LedgerPost>;
}

const postCollection = 'app.bsky.feed.post';

/** Of 100 events, half are posts; edits and deletions are more frequent than in reality, so that a short test sees some. */
const eventWeights = { post: 44, update: 2, delete: 4, like: 28, repost: 8, follow: 8, identity: 4, account: 1.9, leave: 0.1 } as const;
const languageWeights = { en: 40, ja: 16, pt: 14, de: 12, es: 10, fr: 8 } as const;

const sentences: Readonly<Record<keyof typeof languageWeights, readonly string[]>> = {
  en: [
    'The new Brixomel kettle boils in a minute, I love it',
    'Brixomel support never answered, this is terrible',
    'Kestrivo trains were late again this morning',
    'Walked along the river with Ines today',
    'Kestrivo refunded me within an hour, great service',
  ],
  ja: ['Brixomelのケトルはとても静かです', '今日は雨なので家で本を読みます', 'Kestrivoの電車がまた遅れました'],
  pt: ['A chaleira da Brixomel chegou quebrada', 'Que dia bonito em Lisboa', 'O trem da Kestrivo atrasou outra vez'],
  de: ['Der Wasserkocher von Brixomel ist wunderbar leise', 'Heute regnet es den ganzen Tag', 'Kestrivo hatte wieder Verspätung'],
  es: ['La tetera de Brixomel funciona muy bien', 'Hoy cenamos con Tomas', 'El tren de Kestrivo llegó tarde'],
  fr: ['La bouilloire Brixomel est déjà en panne', 'Belle promenade au bord de la mer', 'Le train Kestrivo était à l’heure'],
};

const base32 = '234567abcdefghijklmnopqrstuvwxyz';

export interface TrafficOptions {
  /** Authors at any time; new ones join in place of those that leave. */
  readonly accounts?: number;
  /**
   * Nobody edits or deletes a post sooner than this (ms). Servers see the same event at different times; if the difference
   * exceeds the age, their versions of a post cannot be ordered.
   */
  readonly minAgeMs?: number;
}

export function createTraffic(seed: number, { accounts = 400, minAgeMs = 2_000 }: TrafficOptions = {}): Traffic {
  const random = createRandom(seed);
  const ledger = new Map<string, LedgerPost>();
  /** Posts that can still be edited or deleted, newest last. */
  const open: { readonly entry: LedgerPost; readonly timeUs: number }[] = [];
  const dids = Array.from({ length: accounts }, () => createDid(random));
  let index = 0;

  const commit = (timeUs: number, fields: Omit<Commit, 'rev' | 'cid'>): Commit => ({
    rev: tid(timeUs, random),
    ...fields,
    ...(fields.record && { cid: `bafyrei${randomText(random, 52)}` }),
  });
  const post = (timeUs: number): Partial<NetworkEvent> => {
    const did = pick(random, dids);
    // Keys are unique within a repository only: some are used by several authors.
    const rkey = random() < 0.02 ? '3lkcommonkey2' : tid(timeUs, random);
    const uri = `at://${did}/${postCollection}/${rkey}`;
    if (ledger.has(uri)) return like(timeUs);
    const record = createRecord(random, timeUs, index);
    const entry: LedgerPost = { uri, did, text: record.text, deleted: false, events: [index] };
    ledger.set(uri, entry);
    open.push({ entry, timeUs });
    if (open.length > 2_000) open.shift();
    return { did, commit: commit(timeUs, { operation: 'create', collection: postCollection, rkey, record }) };
  };
  const change = (timeUs: number, operation: 'update' | 'delete'): Partial<NetworkEvent> => {
    const at = Math.floor(random() * open.length);
    const { entry, timeUs: createdUs = 0 } = open[at] ?? {};
    if (!entry || entry.deleted || timeUs - createdUs < minAgeMs * 1_000) return like(timeUs);
    const rkey = entry.uri.slice(entry.uri.lastIndexOf('/') + 1);
    entry.events.push(index);
    if (operation === 'delete') {
      entry.deleted = true;
      open.splice(at, 1);
      return { did: entry.did, commit: commit(timeUs, { operation, collection: postCollection, rkey }) };
    }
    const record = createRecord(random, timeUs, index);
    entry.text = record.text;
    return { did: entry.did, commit: commit(timeUs, { operation, collection: postCollection, rkey, record }) };
  };
  const like = (timeUs: number, kind: 'like' | 'repost' | 'follow' = 'like'): Partial<NetworkEvent> => {
    const collection = { like: 'app.bsky.feed.like', repost: 'app.bsky.feed.repost', follow: 'app.bsky.graph.follow' }[kind];
    const subject = kind === 'follow' ? pick(random, dids) : { uri: open.at(-1)?.entry.uri ?? '', cid: `bafyrei${randomText(random, 52)}` };
    const record = { $type: collection, subject, createdAt: new Date(timeUs / 1_000).toISOString() };
    return { did: pick(random, dids), commit: commit(timeUs, { operation: 'create', collection, rkey: tid(timeUs, random), record }) };
  };
  const leave = (): Partial<NetworkEvent> => {
    const at = Math.floor(random() * dids.length);
    const did = dids[at] as string;
    dids[at] = createDid(random);
    for (const entry of ledger.values()) {
      if (entry.did !== did) continue;
      entry.deleted = true;
      entry.events.push(index);
    }
    return { did, account: { did, active: false, status: 'deleted' } };
  };
  const makers: Record<keyof typeof eventWeights, (timeUs: number) => Partial<NetworkEvent>> = {
    post,
    update: (timeUs) => change(timeUs, 'update'),
    delete: (timeUs) => change(timeUs, 'delete'),
    like: (timeUs) => like(timeUs),
    repost: (timeUs) => like(timeUs, 'repost'),
    follow: (timeUs) => like(timeUs, 'follow'),
    identity: () => identityOf(pick(random, dids), random),
    account: () => activeAccount(pick(random, dids)),
    leave,
  };
  return {
    ledger,
    next: (timeUs) => {
      const event = makers[pickWeighted(random, eventWeights)](timeUs);
      const did = event.did ?? '';
      const made = { ...event, index, timeUs, did };
      index += 1;
      return made;
    },
  };
}

function createRecord(random: Random, timeUs: number, index: number): { readonly text: string } & Readonly<Record<string, unknown>> {
  const lang = pickWeighted(random, languageWeights);
  // A picture without a text is a post as well.
  const text = random() < 0.04 ? '' : `${pick(random, sentences[lang])} (${index})`;
  return {
    $type: postCollection,
    text,
    createdAt: new Date(Math.floor(timeUs / 1_000) - Math.floor(random() * 2_000)).toISOString(),
    ...(random() < 0.9 && { langs: [lang] }),
    ...(random() < 0.3 && { reply: { root: reference(random), parent: reference(random) } }),
    ...(text === '' && { embed: { $type: 'app.bsky.embed.images', images: [{ alt: '', image: { $type: 'blob', size: 1_024 } }] } }),
  };
}

const reference = (random: Random) => ({
  uri: `at://${createDid(random)}/${postCollection}/${randomText(random, 13)}`,
  cid: `bafyrei${randomText(random, 52)}`,
});
const identityOf = (did: string, random: Random): Partial<NetworkEvent> => ({
  did,
  identity: { did, handle: `${randomText(random, 6)}.example.social` },
});
const activeAccount = (did: string): Partial<NetworkEvent> => ({ did, account: { did, active: true } });
const createDid = (random: Random): string => `did:plc:${randomText(random, 24)}`;
const randomText = (random: Random, length: number): string => Array.from({ length }, () => pick(random, [...base32])).join('');

/** A timestamp identifier: 11 characters of time, two of a clock. */
function tid(timeUs: number, random: Random): string {
  let rest = timeUs;
  let text = '';
  for (let digit = 0; digit < 11; digit += 1) {
    text = `${base32[rest % 32]}${text}`;
    rest = Math.floor(rest / 32);
  }
  return text + randomText(random, 2);
}

import { pick, type Random } from '../../../src/lib/random.ts';
import type { MastodonServer } from './server.ts';
import type { StatusInput } from './status.ts';

const accounts = ['ines', 'tomas', 'mirela', 'okafor', 'wren', 'brixomel_news', 'lena@garden.example', 'hugo@trains.example'] as const;
const openings = ['My', 'The new', 'Our', 'This', 'Her'] as const;
const products = ['Brixomel kettle', 'Kestrivo headphones', '#Brixomel toaster', 'Kestrivo & Sons lamp', 'kettle by #kestrivo'] as const;
const verdicts = [
  'is lovely and quiet',
  'broke after two days',
  'arrived on Tuesday',
  'costs far too much',
  'still works <3',
  'makes tea\n\nand nothing else',
] as const;
const foreign = [
  { language: 'de', text: 'Der Wasserkocher von Brixomel ist nach zwei Tagen kaputt' },
  { language: 'fr', text: 'La bouilloire Brixomel est vraiment très silencieuse' },
  { language: 'ja', text: 'ブリクソメルのケトルはとても静かです' },
] as const;

/** Traffic of a server: new posts, edits and deletions of recent ones, and events that are no posts. */
export interface Traffic {
  /** Does one thing on the server. */
  step(): void;
  /** IDs of everything that was ever posted, by what became of it. */
  readonly ledger: { readonly posted: Set<string>; readonly edited: Set<string>; readonly deleted: Set<string> };
}

/** So many of the newest posts may be edited or deleted. */
const recentPosts = 60;

export function createTraffic(server: MastodonServer, random: Random): Traffic {
  const ledger = { posted: new Set<string>(), edited: new Set<string>(), deleted: new Set<string>() };
  let count = 0;
  const recent = (): string | undefined => {
    const ids = [...server.statuses.keys()].slice(-recentPosts);
    return ids.length === 0 ? undefined : pick(random, ids);
  };
  const post = (): void => {
    count += 1;
    const status = server.post(createInput(random, count));
    ledger.posted.add(status.id);
  };
  const change = (): void => {
    const id = recent();
    if (id === undefined) return;
    if (random() < 0.6) {
      server.edit(id, `${createText(random)}, edited (${count})`);
      ledger.edited.add(id);
    } else {
      server.delete(id);
      ledger.deleted.add(id);
    }
  };
  const makeNoise = (): void =>
    server.sendRaw(
      pick(random, [
        'event: filters_changed\ndata: undefined\n\n',
        'event: announcement\ndata: {"id":"3","content":"<p>Maintenance at noon</p>","published_at":"2026-11-20T10:00:00.000Z"}\n\n',
        'event: announcement.reaction\ndata: {"name":"🫖","count":2,"announcement_id":"3"}\n\n',
        ': a comment\n\n',
        'event: encrypted_message\ndata: {"id":"9"}\n\n',
      ]),
    );
  return {
    ledger,
    step: () => {
      const choice = random();
      if (choice < 0.75) post();
      else if (choice < 0.95) change();
      else makeNoise();
    },
  };
}

function createInput(random: Random, count: number): StatusInput {
  const acct = pick(random, accounts);
  const choice = random();
  const written = choice < 0.3 ? pick(random, foreign) : { language: 'en', text: createText(random) };
  const common = { acct, language: written.language, text: `${written.text} (${count})` };
  if (choice > 0.95) return { ...common, visibility: pick(random, ['unlisted', 'private', 'direct'] as const) };
  if (choice > 0.9) return { ...common, spoilerText: 'Kettles' };
  // A status of another server arrives some seconds after it was written.
  return acct.includes('@') ? { ...common, createdAt: Date.now() - Math.floor(random() * 2_000) } : common;
}

const createText = (random: Random): string => `${pick(random, openings)} ${pick(random, products)} ${pick(random, verdicts)}`;

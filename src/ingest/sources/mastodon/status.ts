import { dayMs } from '../../../lib/duration.ts';

/** The fields of a Status entity that the source itself reads; all others are left to the mapping. */
export interface Status {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number | undefined;
  readonly isReplyToOther: boolean;
  /** The domain of a remote account; undefined for an account of the server itself. */
  readonly domain: string | undefined;
  /** The host of the server of its account, by its ActivityPub ID. `domain` may be another one, under which the server has its accounts. */
  readonly host: string | undefined;
  /** In lower case. */
  readonly hashtags: readonly string[];
}

/** Reads a Status entity; undefined if `value` is none. Servers that only resemble Mastodon may leave out any field but the ID. */
export function readStatus(value: unknown): Status | undefined {
  if (!isObject(value) || typeof value['id'] !== 'string' || value['id'] === '') return undefined;
  const account = isObject(value['account']) ? value['account'] : {};
  const replyTo = value['in_reply_to_account_id'] ?? null;
  const created = typeof value['created_at'] === 'string' ? Date.parse(value['created_at']) : Number.NaN;
  return {
    id: value['id'],
    createdAt: Number.isNaN(created) ? undefined : created,
    isReplyToOther: replyTo !== null && replyTo !== account['id'],
    domain: typeof account['acct'] === 'string' ? account['acct'].split('@')[1]?.toLowerCase() : undefined,
    host: typeof value['uri'] === 'string' && URL.canParse(value['uri']) ? new URL(value['uri']).host : undefined,
    hashtags: Array.isArray(value['tags']) ? value['tags'].flatMap(tagName) : [],
  };
}

function tagName(tag: unknown): string[] {
  return isObject(tag) && typeof tag['name'] === 'string' ? [tag['name'].toLowerCase()] : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Orders the IDs of a server by age, oldest first. They are decimal numbers without leading zeros, too large for `number`. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** When the status was created, in ms since 1970: Mastodon's IDs begin with it, before 16 bits of sequence. Undefined for others. */
export function timeOfId(id: string): number | undefined {
  return /^\d{1,19}$/.test(id) ? Number(BigInt(id) >> 16n) : undefined;
}

/**
 * Whether an ID can be a resume point. One of a damaged
 * event that is more than a day ahead of `now` would hide everything before it.
 */
export function isPlausibleId(id: string, now: number): boolean {
  return (timeOfId(id) ?? Number.POSITIVE_INFINITY) <= now + dayMs;
}

import { createStatus, editStatus, type StatusInput, type TestStatus } from './status.ts';

/** Query parameters of a timeline. IDs are exclusive bounds. */
export interface TimelineQuery {
  readonly tag?: string;
  readonly isLocal: boolean;
  readonly minId?: bigint;
  readonly sinceId?: bigint;
  readonly maxId?: bigint;
  readonly limit: number;
}

/** The statuses of a server: the newest `retention` of them. */
export class StatusStore {
  readonly statuses = new Map<string, TestStatus>();
  readonly #host: string;
  readonly #retention: number;
  #lastSequence = 0n;

  constructor(host: string, retention: number) {
    this.#host = host;
    this.#retention = retention;
  }

  post(input: StatusInput): TestStatus {
    const createdAt = input.createdAt ?? Date.now();
    const status = createStatus(this.#nextId(createdAt), this.#host, input, createdAt);
    this.statuses.set(status.id, status);
    for (const id of [...this.statuses.keys()].slice(0, Math.max(0, this.statuses.size - this.#retention))) this.statuses.delete(id);
    return status;
  }

  /** @throws Error if the server does not have the status */
  edit(id: string, text: string): TestStatus {
    const edited = editStatus(this.#require(id), text, this.#host, Date.now());
    this.statuses.set(id, edited);
    return edited;
  }

  /** @throws Error if the server does not have the status */
  delete(id: string): TestStatus {
    const status = this.#require(id);
    this.statuses.delete(id);
    return status;
  }

  /** A page of a timeline, newest first: the oldest statuses after `minId` if it is given, else the newest ones. */
  timeline({ tag, isLocal, minId, sinceId, maxId, limit }: TimelineQuery): TestStatus[] {
    const lowest = minId ?? sinceId;
    const found = [...this.statuses.values()]
      .filter((status) => isListed(status) && (!isLocal || isLocalStatus(status)) && (tag === undefined || hasTag(status, tag)))
      .filter(({ id }) => (lowest === undefined || BigInt(id) > lowest) && (maxId === undefined || BigInt(id) < maxId))
      .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
    return (minId === undefined ? found.slice(-limit) : found.slice(0, limit)).reverse();
  }

  /** A snowflake as Mastodon makes them: milliseconds since 1970, then 16 bits of sequence. */
  #nextId(createdAt: number): string {
    this.#lastSequence += 1n;
    return String((BigInt(createdAt) << 16n) | (this.#lastSequence & 0xffffn));
  }

  #require(id: string): TestStatus {
    const status = this.statuses.get(id);
    if (!status) throw new Error(`no status ${id}`);
    return status;
  }
}

/** Public timelines leave out unlisted and private statuses. */
export const isListed = ({ visibility }: TestStatus): boolean => visibility === 'public';

export const isLocalStatus = ({ account }: TestStatus): boolean => !account.acct.includes('@');

export const hasTag = ({ tags }: TestStatus, tag: string): boolean => tags.some(({ name }) => name === tag.toLowerCase());

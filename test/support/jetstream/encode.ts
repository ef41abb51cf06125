import type { NetworkEvent } from './traffic.ts';

/** How a server sees an event: its number, and when it saw it (µs since 1970). */
export interface Witnessed {
  readonly event: NetworkEvent;
  readonly seq: number;
  readonly timeUs: number;
}

/** A frame of /subscribe. @param withSeq as servers of v2 send it */
export function encodeV1({ event, seq, timeUs }: Witnessed, withSeq = false): string {
  const { did, commit, identity, account } = event;
  const kind = commit ? 'commit' : identity ? 'identity' : 'account';
  const upstream = { seq: 1_000 + event.index, time: iso(timeUs, 3) };
  return JSON.stringify({
    did,
    time_us: timeUs,
    ...(withSeq && { cursor: seq }),
    kind,
    ...(commit && { commit }),
    ...(identity && { identity: { ...identity, ...upstream } }),
    ...(account && { account: { ...account, ...upstream } }),
  });
}

/** A frame of network.bsky.jetstream.subscribeEvents. */
export function encodeV2({ event, seq, timeUs }: Witnessed): string {
  const { did, commit, identity, account } = event;
  const kind = commit ? 'commit' : identity ? 'identity' : 'account';
  const upstream = { seq: 1_000 + event.index, time: iso(timeUs, 3) };
  return message(kind, {
    seq,
    did,
    time: iso(timeUs, 6),
    witnessedAt: iso(timeUs, 6),
    ...commit,
    ...(identity && { identity: { ...identity, ...upstream } }),
    ...(account && { account: { ...account, ...upstream } }),
  });
}

export function encodeInfo(name: string): string {
  return message('info', { name, message: 'notice of the test server' });
}

export function encodeError(error: string): string {
  return JSON.stringify({ $type: 'error', error, message: 'error of the test server' });
}

function message(kind: string, fields: object): string {
  return JSON.stringify({ $type: 'message', payload: { $type: `network.bsky.jetstream.subscribeEvents#${kind}`, ...fields } });
}

function iso(timeUs: number, digits: 3 | 6): string {
  const [seconds] = new Date(timeUs / 1_000).toISOString().split('.');
  const fraction = String(timeUs % 1_000_000).padStart(6, '0');
  return `${seconds}.${fraction.slice(0, digits)}Z`;
}

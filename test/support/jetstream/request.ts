import type { Network } from './network.ts';
import type { NetworkEvent } from './traffic.ts';

/** A valid request for a stream. */
export interface SubscribeRequest {
  readonly protocol: 'v1' | 'v2';
  /** Index of the first event to send; undefined: live events. */
  readonly from: number | undefined;
  /** Sent as the first message. */
  readonly notice?: 'OutdatedCursor' | 'FutureCursor';
  readonly isCompressed: boolean;
  /** Events that were asked for and are forgotten. */
  readonly missed?: { readonly from: number; readonly to: number };
  isWanted(event: NetworkEvent): boolean;
}

export interface Rejection {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RequestContext {
  readonly protocols: readonly ('v1' | 'v2')[];
  readonly network: Network;
  readonly seqOffset: number;
  readonly latencyMs: number;
  readonly dictionaryId: number;
}

const v2Path = '/xrpc/network.bsky.jetstream.subscribeEvents';
const v2Parameters = new Set(['cursor', 'kinds', 'dids', 'collections', 'maxMessageSizeBytes', 'zstdDictionary']);
/** Cursors from here on are times in µs. */
const firstTimeUs = 1e15;

/** Checks a request as the published servers do. */
export function parseRequest({ pathname, searchParams }: URL, context: RequestContext): SubscribeRequest | Rejection {
  const { protocols } = context;
  if (pathname === '/subscribe' && protocols.includes('v1')) return parseV1(searchParams, context);
  if (pathname === v2Path && protocols.includes('v2')) return parseV2(searchParams, context);
  return { status: 404, body: 'not found' };
}

function parseV1(parameters: URLSearchParams, context: RequestContext): SubscribeRequest {
  const collections = parameters.getAll('wantedCollections');
  const cursor = parameters.get('cursor');
  const value = cursor === null ? undefined : Number(cursor);
  const { from, missed } = resolve(value, context);
  return {
    protocol: 'v1',
    from,
    ...(missed && { missed }),
    isCompressed: parameters.get('compress') === 'true',
    // Identities and accounts come whatever the client wants.
    isWanted: ({ commit }) => !commit || matches(collections, commit.collection),
  };
}

function parseV2(parameters: URLSearchParams, context: RequestContext): SubscribeRequest | Rejection {
  const unknown = [...parameters.keys()].find((name) => !v2Parameters.has(name));
  if (unknown !== undefined) return xrpcError('InvalidRequest', `unknown parameter ${unknown}`);
  const kinds = parameters.getAll('kinds');
  const collections = parameters.getAll('collections');
  if (kinds.some((kind) => !['commit', 'identity', 'account', 'sync'].includes(kind))) return xrpcError('InvalidRequest', 'unknown kind');
  const dictionary = parameters.get('zstdDictionary');
  if (dictionary !== null && Number(dictionary) !== context.dictionaryId)
    return xrpcError('UnknownZstdDictionary', `current dictionary id is ${context.dictionaryId}`);
  const cursor = parameters.get('cursor');
  const value = cursor === null ? undefined : Number(cursor);
  const { from, missed, isFuture } = resolve(value, context);
  if (missed && value !== undefined && value < firstTimeUs)
    return xrpcError('CursorTooOld', `the oldest event is ${(from ?? 0) + context.seqOffset}`);
  const notice = missed ? 'OutdatedCursor' : isFuture && (value ?? 0) < firstTimeUs ? 'FutureCursor' : undefined;
  return {
    protocol: 'v2',
    from,
    ...(notice && { notice }),
    ...(missed && { missed }),
    isCompressed: dictionary !== null,
    isWanted: ({ commit, account }) => {
      const kind = commit ? 'commit' : account ? 'account' : 'identity';
      return (kinds.length === 0 || kinds.includes(kind)) && (!commit || matches(collections, commit.collection));
    },
  };
}

/** The index at which a cursor (a sequence number or µs) begins. Future cursors begin with live events. */
function resolve(cursor: number | undefined, { network, seqOffset, latencyMs }: RequestContext) {
  if (cursor === undefined) return { from: undefined };
  const asked = cursor < firstTimeUs ? Math.max(0, cursor - seqOffset) : network.indexAt(cursor - latencyMs * 1_000);
  const next = network.indexAt(Number.POSITIVE_INFINITY);
  if (asked >= next) return { from: undefined, isFuture: true };
  const oldest = network.events()[0]?.index ?? next;
  // The beginning of time asks for the oldest event, whatever that is.
  if (cursor === firstTimeUs) return { from: oldest };
  return asked < oldest ? { from: oldest, missed: { from: asked, to: oldest } } : { from: asked };
}

function matches(collections: readonly string[], collection: string): boolean {
  return (
    collections.length === 0 ||
    collections.some((wanted) => collection === wanted || (wanted.endsWith('.*') && collection.startsWith(wanted.slice(0, -1))))
  );
}

function xrpcError(error: string, message: string): Rejection {
  return { status: 400, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error, message }) };
}

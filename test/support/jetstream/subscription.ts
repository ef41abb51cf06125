import { compressUsingDict, createCCtx } from '@bokuweb/zstd-wasm';
import type { WebSocket } from 'ws';
import { encodeError, encodeInfo, encodeV1, encodeV2, type Witnessed } from './encode.ts';
import type { Network } from './network.ts';
import type { SubscribeRequest } from './request.ts';

export interface SubscriptionOptions {
  readonly network: Network;
  readonly seqOffset: number;
  readonly latencyMs: number;
  readonly losesAtCutover: boolean;
  readonly dictionary: Buffer;
}

export interface Subscription {
  /** Sends what has happened and not been sent. */
  pump(): void;
  inject(message: string | Buffer): void;
}

/** A replay waits while this much is unsent. */
const maxReplayBytes = 1_048_576;
/** A client that leaves this much of the live events unread is disconnected. */
const maxLiveBytes = 8 * 1_048_576;
const replayPerPump = 2_000;
/** Events that v1 loses, and then sends in reverse order, when it changes to live events. */
const cutover = { lost: 6, reversed: 4 };

/** Sends the events of a network to one client, from the index that it asked for. */
export function createSubscription(socket: WebSocket, request: SubscribeRequest, options: SubscriptionOptions): Subscription {
  const { network, seqOffset, latencyMs, losesAtCutover, dictionary } = options;
  const { protocol, notice, isCompressed, isWanted } = request;
  const context = isCompressed ? createCCtx() : 0;
  let next = request.from ?? network.indexAt(Number.POSITIVE_INFINITY);
  let isLive = request.from === undefined;
  let toLose = 0;
  let toReverse = 0;
  let reversed: Witnessed[] = [];

  const send = (text: string | Buffer): void =>
    socket.send(isCompressed ? compressUsingDict(context, Buffer.from(text), dictionary) : text, { binary: isCompressed });
  const sendEvent = (witnessed: Witnessed): void => send(protocol === 'v2' ? encodeV2(witnessed) : encodeV1(witnessed));
  const disturb = (witnessed: Witnessed): void => {
    if (toLose > 0) {
      toLose -= 1;
      return;
    }
    reversed.unshift(witnessed);
    toReverse = Math.max(0, toReverse - 1);
    if (toReverse > 0) return;
    for (const each of reversed) sendEvent(each);
    reversed = [];
  };
  const becomeLive = (): void => {
    isLive = true;
    if (protocol === 'v1' && losesAtCutover) [toLose, toReverse] = [cutover.lost, cutover.reversed];
  };
  const pump = (): void => {
    if (socket.readyState !== socket.OPEN) return;
    const events = network.events();
    const oldest = events[0]?.index ?? next;
    if (next < oldest) next = oldest;
    if (isLive && socket.bufferedAmount > maxLiveBytes) kick(socket, protocol, send);
    for (let sent = 0; next - oldest < events.length; next += 1) {
      if (!isLive && (socket.bufferedAmount > maxReplayBytes || sent >= replayPerPump)) return;
      const event = events[next - oldest];
      // Seen later by a server that is further away.
      if (!event || event.timeUs + latencyMs * 1_000 > Date.now() * 1_000 + 1_000) break;
      if (!isWanted(event)) continue;
      disturb({ event, seq: event.index + seqOffset, timeUs: event.timeUs + latencyMs * 1_000 });
      sent += 1;
    }
    if (!isLive) becomeLive();
  };
  if (notice) send(encodeInfo(notice));
  return { pump, inject: (message) => socket.readyState === socket.OPEN && send(message) };
}

function kick(socket: WebSocket, protocol: 'v1' | 'v2', send: (text: string) => void): void {
  if (protocol === 'v2') send(encodeError('ConsumerTooSlow'));
  socket.close(1008);
}

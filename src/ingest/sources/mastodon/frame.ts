import { isUtf8 } from 'node:buffer';
import { parseJson } from '../../../lib/json.ts';
import type { ServerEvent } from './mastodon-client.ts';
import { readStatus, type Status } from './status.ts';

/** An event of a server as a message for the mapping. */
export interface Frame {
  /** `{"event", "server", "payload"}` as JSON: the payload is a Status entity, or the ID of a deleted status. */
  readonly bytes: Buffer;
  /** The status of an `update` or `status.update`. */
  readonly status?: Status;
  /** ID of a deleted status. */
  readonly deletedId?: string;
}

/** @param server host of the server, which makes its IDs unique */
export function toFrame({ name, data }: ServerEvent, server: string): Frame {
  if (!isUtf8(data)) return { bytes: data }; // a dead letter: it must stay unchanged
  const text = data.toString('utf8');
  if (name === 'delete') return { bytes: encode(name, server, JSON.stringify(text)), deletedId: text };
  const payload = parseJson(text);
  // The text of the server is kept where it is valid, because parsing would round large numbers.
  const bytes = encode(name, server, payload === undefined ? JSON.stringify(text) : text);
  const status = name === 'update' || name === 'status.update' ? readStatus(payload) : undefined;
  return { bytes, ...(status && { status }) };
}

/** A status that was read from a page, as if it had been streamed. */
export function statusFrame(entity: unknown, server: string): Frame {
  const status = readStatus(entity);
  return { bytes: encode('update', server, JSON.stringify(entity)), ...(status && { status }) };
}

/** A deletion that was noticed because the server no longer has the status. */
export function deletionFrame(id: string, server: string): Frame {
  return { bytes: encode('delete', server, JSON.stringify(id)), deletedId: id };
}

function encode(event: string, server: string, payload: string): Buffer {
  return Buffer.from(`{"event":${JSON.stringify(event)},"server":${JSON.stringify(server)},"payload":${payload}}`);
}

import { z } from 'zod';
import type { JetstreamFrame } from './jetstream-frame.ts';

/** Where to resume a Jetstream: by sequence number at the same server, by time at any other. */
export interface JetstreamCursor {
  readonly endpoint: string;
  /** Sequence number of the last event at `endpoint`. */
  readonly seq?: number | undefined;
  /** When the server saw the last event, in microseconds since 1970. */
  readonly timeUs: number;
}

const stored = z.object({ endpoint: z.string(), seq: z.int().min(0).optional(), timeUs: z.int().min(0) });

export function formatCursor({ endpoint, seq, timeUs }: JetstreamCursor): string {
  return JSON.stringify({ endpoint, seq, timeUs });
}

/** A stored cursor; undefined if it is none. */
export function parseCursor(text: string): JetstreamCursor | undefined {
  try {
    return stored.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** How a connection resumes the stream. */
export type Resume =
  | { readonly by: 'live' }
  | { readonly by: 'seq'; readonly value: number; readonly cursor: JetstreamCursor }
  | { readonly by: 'time'; readonly value: number; readonly cursor: JetstreamCursor };

/** Says at which time (µs) to resume the stream at an endpoint: a little before the cursor. */
export type Rewind = (endpoint: string, cursorUs: number) => number;

/**
 * Each connection begins later than the one before it at the same endpoint, however little that one delivered: a reader
 * that is interrupted before it has read what was rewound would otherwise never advance. Half of it is read again at most.
 */
export function createRewind(rewindMs: number): Rewind {
  const connections = new Map<string, { readonly cursorUs: number; readonly startUs: number }>();
  return (endpoint, cursorUs) => {
    const last = connections.get(endpoint);
    if (last?.cursorUs === cursorUs) return last.startUs;
    const full = cursorUs - rewindMs * 1_000;
    const startUs = last && cursorUs > last.startUs ? Math.max(full, Math.ceil((last.startUs + cursorUs) / 2)) : full;
    connections.set(endpoint, { cursorUs, startUs });
    return startUs;
  };
}

/** @param bySeq false to resume by time even where the sequence number is known */
export function resumeFrom(cursor: JetstreamCursor | undefined, endpoint: string, rewind: Rewind, bySeq: boolean): Resume {
  if (!cursor) return { by: 'live' };
  if (bySeq && cursor.seq !== undefined && cursor.endpoint === endpoint) return { by: 'seq', value: cursor.seq, cursor };
  return { by: 'time', value: rewind(endpoint, cursor.timeUs), cursor };
}

/** A first event this much later (µs) than asked for is unusual. */
const maxQuietUs = 60_000_000;

/**
 * What the first event after a resume says of it: `ok`; `late`, if events between the cursor and it may be gone; or
 * `other-archive`, if the server has numbered its events anew, so that the sequence number means another event.
 */
export function checkResume(resume: Resume, { seq, timeUs }: JetstreamFrame): 'ok' | 'late' | 'other-archive' {
  if (resume.by === 'live' || timeUs === undefined) return 'ok';
  const lateUs = timeUs - resume.cursor.timeUs;
  if (resume.by === 'time') return lateUs > maxQuietUs ? 'late' : 'ok';
  const isSame = seq === resume.value ? lateUs === 0 : lateUs >= 0 && lateUs <= maxQuietUs;
  return isSame ? 'ok' : 'other-archive';
}

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

/** @param endpoint the server to connect to; undefined to resume by time at any server */
export function resumeFrom(cursor: JetstreamCursor | undefined, endpoint: string | undefined, rewindMs: number): Resume {
  if (!cursor) return { by: 'live' };
  if (cursor.seq !== undefined && cursor.endpoint === endpoint) return { by: 'seq', value: cursor.seq, cursor };
  return { by: 'time', value: cursor.timeUs - rewindMs * 1_000, cursor };
}

/** A first event this much later (µs) than asked for means that the server no longer had the events between. */
const maxQuietUs = 60_000_000;

/**
 * What the first event after a resume says of it: `ok`; `gap`, if events between the cursor and it are gone; or
 * `other-archive`, if the server has numbered its events anew, so that the sequence number means another event.
 */
export function checkResume(resume: Resume, { seq, timeUs }: JetstreamFrame): 'ok' | 'gap' | 'other-archive' {
  if (resume.by === 'live' || timeUs === undefined) return 'ok';
  const lateUs = timeUs - resume.cursor.timeUs;
  if (resume.by === 'time') return lateUs > maxQuietUs ? 'gap' : 'ok';
  const isSame = seq === resume.value ? lateUs === 0 : lateUs >= 0 && lateUs <= maxQuietUs;
  return isSame ? 'ok' : 'other-archive';
}

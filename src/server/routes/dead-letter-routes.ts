import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type DeadLetterReason, deadLetterReasons } from '../../ingest/dead-letters/dead-letter-sink.ts';
import type { DeadLetterStore, StoredDeadLetter } from '../../ingest/dead-letters/dead-letter-store.ts';
import {
  listDeadLetters,
  type ReplayOptions,
  type ReplayOutcome,
  replayDeadLetters,
} from '../../ingest/dead-letters/replay-dead-letters.ts';
import type { ParseMessage } from '../../ingest/decode/message-parser.ts';
import { requireRole } from '../auth/access.ts';
import type { Jobs, RunJob } from '../jobs.ts';
import { parseQuery } from './query-schemas.ts';

const reasons = Object.keys(deadLetterReasons) as [DeadLetterReason, ...DeadLetterReason[]]; // there are some
const reason = z.enum(reasons).optional().describe('Only those refused for this');
const count = z.int().min(0);

const deadLettersQuery = z.strictObject({ reason, limit: z.coerce.number().int().min(1).max(1_000).default(50) });

export const replayBody = z.strictObject({ reason, dryRun: z.boolean().default(false).describe('Only say what would happen') });

const deadLettersResponse = z.strictObject({
  letters: z
    .array(
      z.strictObject({
        position: z.string().describe('topic/partition/offset'),
        reason: z.string(),
        meaning: z.string().nullable().describe('null where a later feedpulse gave the reason'),
        at: z.string(),
        bytes: count,
        replayedAt: z.string().nullable().describe('When it was put back'),
      }),
    )
    .describe('The latest first; never their bytes'),
  counts: z.record(z.string(), count).describe('By reason, of all'),
  replayed: count.describe('How many of them were put back'),
  unreadable: count,
});

export type DeadLettersResponse = z.output<typeof deadLettersResponse>;

export const replayResult = z.strictObject({
  putBack: count,
  already: count.describe('Put back earlier'),
  left: z.record(z.string(), count).describe('Left alone, by why'),
  to: z.string().exactOptional().describe('Where they are now: a topic, or a file to be fed'),
});

export const deadLettersApi = {
  '/api/v1/dead-letters': {
    summary: 'Messages that could not become a post: how many, why, and the latest',
    query: deadLettersQuery,
    answer: deadLettersResponse,
  },
} as const;

export interface DeadLetterDeps {
  readonly deadLetters: { readonly store: DeadLetterStore; readonly parse: ParseMessage; readonly feed?: string };
  readonly clock: ReplayOptions['clock'];
  readonly maintenance: { readonly jobs: Jobs };
}

/** Dead letters: looking at them, and putting back those that are posts by now. */
export function registerDeadLetterRoutes(app: FastifyInstance, { deadLetters, clock, maintenance }: DeadLetterDeps): void {
  const wants = (wanted: DeadLetterReason | undefined) => (letter: StoredDeadLetter) => wanted === undefined || letter.reason === wanted;

  app.get('/api/v1/dead-letters', requireRole('viewer'), async ({ query }): Promise<DeadLettersResponse> => {
    const { reason: wanted, limit } = parseQuery(deadLettersQuery, query);
    const { letters, ...rest } = await listDeadLetters(deadLetters.store, { wanted: wants(wanted), limit });
    return { ...rest, letters: letters.map((letter) => ({ ...letter, meaning: meaningOf(letter.reason) })).reverse() };
  });

  app.post('/api/v1/dead-letters/replay', requireRole('admin'), async ({ body }, reply) => {
    const { reason: wanted, dryRun } = parseQuery(replayBody, body ?? {});
    const work: RunJob = async (report) => {
      const outcome = await replayDeadLetters({ ...deadLetters, clock, wanted: wants(wanted), dryRun, onProgress: report });
      return { changed: dryRun ? 0 : outcome.putBack, result: toAnswer(outcome) };
    };
    return reply.code(202).send(maintenance.jobs.start('replay', work, 'replay'));
  });
}

function meaningOf(reason: string): string | null {
  return reason in deadLetterReasons ? deadLetterReasons[reason as DeadLetterReason] : null; // just looked at
}

function toAnswer({ putBack, already, left, to }: ReplayOutcome): z.output<typeof replayResult> {
  return { putBack, already, left: { ...left }, ...(to !== undefined && { to }) };
}

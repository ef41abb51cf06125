import { z } from 'zod';
import { type DeadLetterReason, deadLetterReasons, describeReason } from '../../ingest/dead-letters/dead-letter.ts';
import { createDeadLetterFilter } from '../../ingest/dead-letters/dead-letter-store.ts';
import { listDeadLetters } from '../../ingest/dead-letters/list-dead-letters.ts';
import type { SourceDeadLetters } from '../../ingest/dead-letters/open-dead-letters.ts';
import { type ReplayOptions, type ReplayOutcome, replayDeadLetters } from '../../ingest/dead-letters/replay-dead-letters.ts';
import type { App } from '../http/create-app.ts';
import type { Jobs, RunJob } from '../jobs.ts';
import { count, jobResponseWith } from './response-schemas.ts';

const reasons = Object.keys(deadLetterReasons) as [DeadLetterReason, ...DeadLetterReason[]]; // Object.keys widens to string
const reason = z.enum(reasons).optional().describe('Only dead letters with this reason');
const source = z.string().max(64).optional().describe('Only dead letters of this configured source');

const deadLettersQuery = z.strictObject({ reason, source, limit: z.coerce.number().int().min(1).max(1_000).default(50) });
const replayBody = z.strictObject({ reason, source, dryRun: z.boolean().default(false).describe('Only report what would happen') });

const deadLetter = z.strictObject({
  source: z.string(),
  position: z.string().describe('topic/partition/offset'),
  reason: z.string(),
  meaning: z.string().nullable().describe('null for a reason that this version does not know'),
  at: z.string(),
  bytes: count,
  replayedAt: z.string().nullable(),
});

export const deadLettersResponse = z
  .strictObject({
    deadLetters: z.array(deadLetter).describe('Newest first; the content is never included'),
    counts: z.record(z.string(), count).describe('Dead letters by reason'),
    replayed: count.describe('Dead letters that were replayed'),
    unreadable: count,
    unavailable: z.array(z.string()).readonly().describe('Why the dead letters of some of several sources could not be read'),
  })
  .describe('Dead letters');

export const replayResult = z.strictObject({
  replayed: count.describe('Replayed messages'),
  alreadyReplayed: count.describe('Messages replayed earlier'),
  skipped: z.record(z.string(), count).describe('Messages not replayed, by reason'),
  destination: z.string().exactOptional().describe('Topics or files that the messages were replayed to, separated by commas'),
});

export interface DeadLetterDeps {
  /** Opens the dead letters of one source, or of each. */
  readonly openDeadLetters: (source: string | undefined) => readonly SourceDeadLetters[];
  readonly clock: ReplayOptions['clock'];
  readonly maintenance: { readonly jobs: Jobs };
}

/** Lists dead letters, and replays those that parse now. */
export function registerDeadLetterRoutes(app: App, { openDeadLetters, clock, maintenance }: DeadLetterDeps): void {
  const listSchema = {
    summary: 'Messages that could not be parsed: counts by reason, and the latest ones',
    querystring: deadLettersQuery,
    response: { 200: deadLettersResponse },
  };
  app.get('/api/v1/dead-letters', { config: { role: 'viewer' }, schema: listSchema }, async ({ query: { reason, source, limit } }) => {
    const { deadLetters: listed, ...list } = await listDeadLetters(openDeadLetters(source), {
      filter: createDeadLetterFilter({ reason }),
      limit,
    });
    return {
      ...list,
      deadLetters: listed.map((deadLetter) => ({ ...deadLetter, meaning: describeReason(deadLetter.reason) ?? null })).reverse(),
    };
  });

  const replaySchema = {
    summary: 'Replays dead letters that parse now, each once',
    body: replayBody,
    response: { 202: jobResponseWith(replayResult) },
  };
  app.post('/api/v1/dead-letters/replay', { config: { role: 'admin' }, schema: replaySchema }, async ({ body }, reply) => {
    const { reason, source, dryRun } = body;
    const work: RunJob = async (onProgress) => {
      const filter = createDeadLetterFilter({ reason });
      const outcome = await replayDeadLetters(openDeadLetters(source), { clock, filter, dryRun, onProgress });
      return { changed: dryRun ? 0 : outcome.replayed, result: toResult(outcome) };
    };
    return reply.code(202).send(maintenance.jobs.start('replay', work, 'replay'));
  });
}

function toResult({ replayed, alreadyReplayed, skipped, destinations }: ReplayOutcome): z.output<typeof replayResult> {
  const destination = destinations.map(({ name }) => name).join(', ');
  return { replayed, alreadyReplayed, skipped: { ...skipped }, ...(destination !== '' && { destination }) };
}

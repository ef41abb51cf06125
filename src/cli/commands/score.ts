import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Command } from 'commander';
import { configuredSources, type FieldMapping } from '../../config/schema.ts';
import type { Post } from '../../domain/post.ts';
import type { Scorer } from '../../infer/scorer.ts';
import { type BrandMatcher, createBrandMatcher } from '../../ingest/brands/brand-matcher.ts';
import type { DeadLetterReason } from '../../ingest/dead-letters/dead-letter.ts';
import { compileMapping, type ParsedMessage, parseMessage, type SkipReason } from '../../ingest/mapping/parse-message.ts';
import { checkInput, requireLines } from '../../ingest/sources/ndjson/input-format.ts';
import { isBlank, isTruncated, type Line, readLines } from '../../ingest/sources/ndjson/read-lines.ts';
import { systemClock } from '../../lib/clock.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { createLog } from '../../lib/log.ts';
import { openInput, openOutput } from '../../lib/open-input.ts';
import { loadCommandConfig, type SharedOptions, withSharedOptions } from '../options.ts';
import { createProgress } from '../output/progress.ts';

type Options = SharedOptions & { readonly in?: string; readonly out: string; readonly source?: string };

/** What a line becomes: a post, or the reason why it is not one. */
type Outcome = { readonly line: number } & (
  | { readonly post: Post }
  | { readonly deadLetter: DeadLetterReason }
  | { readonly skipped: SkipReason }
);

const chunkSize = 256;
const rejectedAsTooLarge: ParsedMessage = { posts: [], rejected: 'too-large' };

const examples = `
Reads what \`run --source ndjson\` reads, with the same mapping. If the first line is no JSON, each line is the text of a post.
Each scored post is printed as one line of JSON, with the configured brands that it mentions.

  $ feedpulse score examples/posts.ndjson --config feedpulse.example.yaml
  $ feedpulse score comments.txt --out scored.ndjson
  $ feedpulse score frames.ndjson --source bluesky
`;

export function defineScoreCommand(command: Command): void {
  withSharedOptions(command, ['config', 'model', 'logLevel'])
    .argument('[file]', 'NDJSON or plain lines of text; - is standard input (default: -)')
    .option('--in <file>', 'same as <file>')
    .option('--source <name>', 'use the mapping of this source')
    .option('--out <file>', 'where to write the scored posts; - is standard output', '-')
    .addHelpText('after', examples)
    .action(async (file: string | undefined, options: Options) => {
      const config = loadCommandConfig(options, { source: options.source });
      const [selected] = options.source === undefined ? [] : configuredSources(config);
      const { mapping } = selected ?? config;
      const { stream, size } = await openInput(resolveInput(file, options.in));
      const output = await openOutput(options.out);
      const brands = createBrandMatcher(config.brands);
      const { openScorer } = await import('../../app/open-scorer.ts');
      const scorer = await openScorer(config, createLog(config.log.level), {}, brands);
      try {
        await scoreLines({ input: stream, size, output, scorer, brands, mapping });
      } finally {
        await scorer.close();
      }
      if (output !== process.stdout) await finished(output.end());
    });
}

/** @throws USAGE if the file is given twice */
function resolveInput(file: string | undefined, option: string | undefined): string {
  if (file !== undefined && option !== undefined) throw new FeedpulseError('USAGE', 'Give the file as an argument or with --in, not both.');
  return file ?? option ?? '-';
}

interface ScoreOptions {
  readonly input: NodeJS.ReadableStream;
  /** Bytes, for the progress bar; 0 when unknown. */
  readonly size: number;
  readonly output: Writable;
  readonly scorer: Scorer;
  readonly brands: BrandMatcher;
  readonly mapping: FieldMapping;
}

async function scoreLines({ input, size, output, scorer, brands, mapping }: ScoreOptions): Promise<void> {
  const { format, chunks } = await checkInput(input);
  requireLines(format);
  const parse = format === 'text' ? parseText : createLineParser(mapping);
  const progress = createProgress('Scoring (bytes)');
  let bytes = 0;
  let outcomes: Outcome[] = [];
  const flush = async (): Promise<void> => {
    for (const scored of await scoreChunk(outcomes, scorer, brands)) {
      if (!output.write(`${JSON.stringify(scored)}\n`)) await once(output, 'drain');
    }
    outcomes = [];
  };
  for await (const lines of readLines(chunks)) {
    for (const line of lines) {
      bytes += line.size + 1;
      if (!isBlank(line)) outcomes.push(...parse(line));
      if (outcomes.length >= chunkSize) await flush();
    }
    progress.update(bytes, size);
  }
  await flush();
  progress.stop();
}

/** Parses a line as the NDJSON source does. */
function createLineParser(source: FieldMapping): (line: Line) => Outcome[] {
  const mapping = compileMapping(source);
  return (line) => {
    const now = systemClock.now();
    const { posts, rejected, skipped } = isTruncated(line)
      ? rejectedAsTooLarge
      : parseMessage({ bytes: line.bytes, timestamp: now }, mapping, now);
    return [
      ...posts.map((post) => ({ line: line.number, post })),
      ...(rejected === undefined ? [] : [{ line: line.number, deadLetter: rejected }]),
      ...(skipped === undefined ? [] : [{ line: line.number, skipped }]),
    ];
  };
}

/** Takes a line as the text of a post. */
function parseText({ bytes, number }: Line): Outcome[] {
  const at = new Date(systemClock.now()).toISOString();
  const text = bytes.toString('utf8');
  return [{ line: number, post: { platform: 'text', id: String(number), text, createdAt: at, updatedAt: at, deleted: false } }];
}

async function scoreChunk(outcomes: readonly Outcome[], scorer: Scorer, brands: BrandMatcher): Promise<object[]> {
  const posts = outcomes.flatMap((outcome) => ('post' in outcome ? [outcome.post] : []));
  const predictions = (await scorer.score(posts)).values();
  const scoredAt = new Date(systemClock.now()).toISOString();
  return outcomes.map((outcome) => {
    if (!('post' in outcome)) return outcome;
    const prediction = predictions.next().value;
    if (!prediction) return { line: outcome.line, deadLetter: 'inference-failed' satisfies DeadLetterReason };
    const matched = { brands: brands.match(outcome.post.text), brandsHash: brands.hash };
    return { ...outcome.post, ...prediction, ...matched, scoredAt };
  });
}

import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Command } from 'commander';
import type { Config } from '../../config/schema.ts';
import type { Post } from '../../domain/post.ts';
import type { Scorer } from '../../infer/scorer.ts';
import { type BrandMatcher, createBrandMatcher } from '../../ingest/brands/brand-matcher.ts';
import type { DeadLetterReason } from '../../ingest/dead-letters/dead-letter.ts';
import { compileMapping, parseMessage, type SkipReason } from '../../ingest/mapping/parse-message.ts';
import { systemClock } from '../../lib/clock.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { createLog } from '../../lib/log.ts';
import { openInput, openOutput } from '../../lib/open-input.ts';
import { loadCommandConfig, type SharedOptions, withSharedOptions } from '../options.ts';
import { createProgress } from '../output/progress.ts';

type Options = SharedOptions & { readonly in?: string; readonly out: string };

/** A line of the input: a post, or the reason why it is not one. */
type Line = { readonly line: number } & (
  | { readonly post: Post }
  | { readonly deadLetter: DeadLetterReason }
  | { readonly skipped: SkipReason }
);

const chunkSize = 256;

const examples = `
Each line is a post as JSON (platform, id, text), or plain text. Each scored post is printed as one line of JSON, with the
configured brands that it mentions.

  $ feedpulse score examples/posts.ndjson --config feedpulse.example.yaml
  $ feedpulse score comments.txt --out scored.ndjson
`;

export function defineScoreCommand(command: Command): void {
  withSharedOptions(command, ['config', 'model', 'logLevel'])
    .argument('[file]', 'NDJSON or plain lines of text; - is standard input (default: -)')
    .option('--in <file>', 'same as <file>')
    .option('--out <file>', 'where to write the scored posts; - is standard output', '-')
    .addHelpText('after', examples)
    .action(async (file: string | undefined, options: Options) => {
      const config = loadCommandConfig(options);
      const { stream, size } = await openInput(resolveInput(file, options.in));
      const output = await openOutput(options.out);
      const brands = createBrandMatcher(config.brands);
      const { openScorer } = await import('../../app/open-scorer.ts');
      const scorer = await openScorer(config, createLog(config.log.level), {}, brands);
      try {
        await scoreLines({ input: stream, size, output, scorer, brands, config });
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
  readonly config: Config;
}

async function scoreLines({ input, size, output, scorer, brands, config }: ScoreOptions): Promise<void> {
  const parse = createLineParser(config);
  const progress = createProgress('Scoring (bytes)');
  let bytes = 0;
  let lines: Line[] = [];
  const flush = async (): Promise<void> => {
    for (const scored of await scoreChunk(lines, scorer, brands)) {
      if (!output.write(`${JSON.stringify(scored)}\n`)) await once(output, 'drain');
    }
    lines = [];
  };
  let lineNumber = 0;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    lineNumber += 1;
    bytes += Buffer.byteLength(text) + 1;
    progress.update(bytes, size);
    if (text.trim() !== '') lines.push(...parse(text, lineNumber));
    if (lines.length >= chunkSize) await flush();
  }
  await flush();
  progress.stop();
}

/** Parses a line that begins with `{` as a JSON post, and takes any other as the text of a post. */
function createLineParser(config: Config): (text: string, line: number) => Line[] {
  const mapping = compileMapping(config.mapping);
  return (text, line) => {
    const now = systemClock.now();
    const json = text.trimStart().startsWith('{') ? text : JSON.stringify({ platform: 'text', id: String(line), text });
    const { posts, rejected, skipped } = parseMessage({ bytes: json, timestamp: now }, mapping, now);
    return [
      ...posts.map((post) => ({ line, post })),
      ...(rejected === undefined ? [] : [{ line, deadLetter: rejected }]),
      ...(skipped === undefined ? [] : [{ line, skipped }]),
    ];
  };
}

async function scoreChunk(lines: readonly Line[], scorer: Scorer, brands: BrandMatcher): Promise<object[]> {
  const posts = lines.flatMap((line) => ('post' in line ? [line.post] : []));
  const predictions = (await scorer.score(posts)).values();
  const scoredAt = new Date(systemClock.now()).toISOString();
  return lines.map((line) => {
    if (!('post' in line)) return line;
    const prediction = predictions.next().value;
    if (!prediction) return { line: line.line, deadLetter: 'inference-failed' satisfies DeadLetterReason };
    const matched = { brands: brands.match(line.post.text), brandsHash: brands.hash };
    return { ...line.post, ...prediction, ...matched, modelVersion: scorer.model.id, scoredAt };
  });
}

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Command } from 'commander';
import { openScorer } from '../../app/open-scorer.ts';
import type { Config } from '../../config/schema.ts';
import type { Post } from '../../domain/post.ts';
import type { Scorer } from '../../infer/scorer.ts';
import { type BrandMatcher, createBrandMatcher } from '../../ingest/brands/brand-matcher.ts';
import type { DeadLetterReason } from '../../ingest/dead-letters/dead-letter-sink.ts';
import { compileMapping, parsePost } from '../../ingest/mapping/parse-post.ts';
import { systemClock } from '../../lib/clock.ts';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import { createLog } from '../../lib/log.ts';
import { startProgress } from '../../lib/progress.ts';
import { configFrom, type SharedOptions, withSharedOptions } from '../options.ts';

type Options = SharedOptions & { readonly in: string; readonly out: string };

/** A line of the input: a post, or why it is none. */
type Line = { readonly line: number } & ({ readonly post: Post } | { readonly deadLetter: DeadLetterReason });

const chunk = 256;

export function scoreCommand(): Command {
  return withSharedOptions(new Command('score'))
    .description('score posts: NDJSON, or plain lines of text, to NDJSON')
    .option('--in <file>', 'where the posts are; - is standard input', '-')
    .option('--out <file>', 'where the scored posts go; - is standard output', '-')
    .action(async (options: Options) => {
      const config = configFrom(options);
      const input = options.in === '-' ? process.stdin : createReadStream(options.in);
      const size = options.in === '-' ? 0 : await fileSize(options.in);
      const output = options.out === '-' ? process.stdout : createWriteStream(options.out);
      const brands = createBrandMatcher(config.brands);
      const scorer = await openScorer(config, createLog(config.log.level), {}, brands);
      try {
        await scoreLines({ input, size, output, scorer, brands, config });
      } finally {
        await scorer.close();
      }
      if (output !== process.stdout) await finished(output.end());
    });
}

interface Work {
  readonly input: NodeJS.ReadableStream;
  /** Bytes, for the progress bar; 0 when unknown. */
  readonly size: number;
  readonly output: Writable;
  readonly scorer: Scorer;
  readonly brands: BrandMatcher;
  readonly config: Config;
}

async function scoreLines({ input, size, output, scorer, brands, config }: Work): Promise<void> {
  const parse = lineParser(config);
  const progress = startProgress('Scoring (bytes)', size);
  let lines: Line[] = [];
  const flush = async (): Promise<void> => {
    for (const scored of await scoreChunk(lines, scorer, brands)) {
      if (!output.write(`${JSON.stringify(scored)}\n`)) await once(output, 'drain');
    }
    lines = [];
  };
  let number = 0;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    progress.advance(Buffer.byteLength(text) + 1);
    if (text.trim() !== '') lines.push(parse(text, number));
    if (lines.length >= chunk) await flush();
  }
  await flush();
  progress.stop();
}

/** A line that begins with `{` is a post as JSON; any other is the text of one. */
function lineParser(config: Config): (text: string, line: number) => Line {
  const mapping = compileMapping(config.mapping);
  return (text, line) => {
    const now = systemClock.now();
    const json = text.trimStart().startsWith('{') ? text : JSON.stringify({ platform: 'text', id: String(line), text });
    const parsed = parsePost(json, mapping, now, now);
    return 'post' in parsed ? { line, post: parsed.post } : { line, deadLetter: parsed.reason };
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

async function fileSize(file: string): Promise<number> {
  const facts = await stat(file).catch((thrown: unknown) => {
    throw new FeedpulseError('FILE_UNREADABLE', `${asError(thrown).message}.`, { cause: thrown });
  });
  return facts.size;
}

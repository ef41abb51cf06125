import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { asError, FeedpulseError } from '../errors.ts';
import type { Scorer, Verdicts } from '../infer/scorer.ts';
import { createLog } from '../log.ts';
import { type Label, labels, type Verdict } from '../post.ts';
import { type ClassificationReport, reportClassification } from './classification-report.ts';
import { openScorer } from './open-scorer.ts';
import { configFrom, type SharedOptions, withSharedOptions } from './options.ts';
import { startProgress } from './progress.ts';

interface Labelled {
  readonly texts: readonly string[];
  readonly truth: readonly Label[];
}

type Report = ClassificationReport & { readonly postsPerSecond: number; readonly modelVersion: string };

/** Two windows of the scorer, so that posts of like length share a batch. */
const chunk = 1_024;

export function evalCommand(): Command {
  return withSharedOptions(new Command('eval'))
    .description('measure the model on labelled posts')
    .argument('<file>', 'columns label and text, split at the first tab, unquoted')
    .option('--json', 'print one JSON object')
    .action(async (file: string, options: SharedOptions & { json?: boolean }) => {
      const config = configFrom(options);
      const { texts, truth } = await readLabelled(file);
      const log = createLog(config.log.level);
      const scorer = await openScorer(config, log, { cacheSize: 0, assumeModelLanguage: true });
      try {
        await scorer.score(texts.slice(0, 32).map((text) => ({ text }))); // the first run allocates; it is not timed
        const { verdicts, seconds } = await scoreAll(scorer, texts);
        const report: Report = {
          ...reportClassification(truth, verdicts),
          postsPerSecond: texts.length / seconds,
          modelVersion: scorer.model.id,
        };
        process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : table(report));
      } finally {
        await scorer.close();
      }
    });
}

/** Labels and texts of a TSV. A first line `label<TAB>text` is a header. */
async function readLabelled(file: string): Promise<Labelled> {
  const content = await readFile(file, 'utf8').catch((thrown: unknown) => {
    throw new FeedpulseError('FILE_UNREADABLE', `${asError(thrown).message}.`, { cause: thrown });
  });
  const texts: string[] = [];
  const truth: Label[] = [];
  for (const [index, line] of content.split('\n').entries()) {
    const tab = line.indexOf('\t');
    const name = line.slice(0, Math.max(0, tab));
    if (line === '' || (index === 0 && name === 'label')) continue;
    const label = labels.find((known) => known === name);
    if (!label) throw new FeedpulseError('FILE_UNREADABLE', `${file}:${index + 1}: expected ${labels.join(', ')}, a tab and the text.`);
    truth.push(label);
    texts.push(line.slice(tab + 1).replace(/\r$/, ''));
  }
  if (texts.length === 0) throw new FeedpulseError('FILE_UNREADABLE', `${file}: holds no labelled posts.`);
  return { texts, truth };
}

async function scoreAll(scorer: Scorer, texts: readonly string[]): Promise<{ verdicts: Verdict[]; seconds: number }> {
  const progress = startProgress('Scoring', texts.length);
  const startedAt = performance.now();
  const pending: Promise<Verdicts>[] = [];
  for (let at = 0; at < texts.length; at += chunk) {
    await pending.at(-2); // two chunks under way keep every worker busy
    const part = texts.slice(at, at + chunk).map((text) => ({ text }));
    pending.push(scorer.score(part).finally(() => progress.advance(part.length)));
  }
  const verdicts = (await Promise.all(pending)).flat().map(orFail);
  progress.stop();
  return { verdicts, seconds: (performance.now() - startedAt) / 1_000 };
}

function orFail(verdict: Verdict | undefined, index: number): Verdict {
  if (verdict) return verdict;
  throw new FeedpulseError('MODEL_FAILED', `the model fails on post ${index + 1} of the file, though not on others.`);
}

function table(report: Report): string {
  const percent = (value: number): string => (100 * value).toFixed(1).padStart(6);
  const rows = labels.map((label) => {
    const { precision, recall, f1, support } = report.perClass[label];
    return `  ${label.padEnd(9)} ${percent(precision)} ${percent(recall)} ${percent(f1)} ${String(support).padStart(7)}`;
  });
  return [
    `${report.modelVersion} on ${report.rows} posts, in percent`,
    `  macro recall       ${percent(report.macroRecall)}`,
    `  accuracy           ${percent(report.accuracy)}`,
    `  calibration error  ${percent(report.calibrationError)}`,
    '',
    '  label     precis. recall     F1    rows',
    ...rows,
    '',
    `  ${Math.round(report.postsPerSecond)} posts/s`,
    '',
  ].join('\n');
}

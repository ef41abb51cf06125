import { type Command, InvalidArgumentError } from 'commander';
import type { ModelReport } from '../../app/model-evaluation/evaluate-model.ts';
import { readLabeledPosts } from '../../app/model-evaluation/labeled-posts.ts';
import { labels } from '../../domain/post.ts';
import { loadCommandConfig, type SharedOptions, withSharedOptions } from '../options.ts';
import { createProgress } from '../output/progress.ts';

export function defineEvalCommand(command: Command): void {
  withSharedOptions(command, ['config', 'model', 'logLevel'])
    .argument('<file>', 'labeled posts: CSV or unquoted TSV with the columns label and text')
    .option('--lang <code>', "language of the posts, such as en (default: the model's first language)", parseLanguage)
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\n  $ feedpulse eval held-out.tsv --json\n')
    .action(async (file: string, options: SharedOptions & { lang?: string; json?: boolean }) => {
      const config = loadCommandConfig(options);
      const progress = createProgress('Scoring');
      const { lang } = options;
      const { evaluateModel } = await import('../../app/model-evaluation/evaluate-model.ts');
      const measuring = evaluateModel(config, await readLabeledPosts(file), { ...(lang && { lang }), onProgress: progress.update });
      const { report } = await measuring.finally(progress.stop);
      process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : formatReport(report));
    });
}

/** Returns the primary subtag, because models are trained for languages, not for regions. */
function parseLanguage(code: string): string {
  try {
    return new Intl.Locale(code).language;
  } catch {
    throw new InvalidArgumentError('Expected a language code such as en.');
  }
}

function formatReport(report: ModelReport): string {
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

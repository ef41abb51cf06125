import type { Command } from 'commander';
import type { NetSentimentReport } from '../../analytics/models/net-sentiment-report.ts';
import type { ModelReport, SubgroupReport } from '../../app/model-evaluation/evaluate-model.ts';
import { readLabeledPosts } from '../../app/model-evaluation/labeled-posts.ts';
import { labels } from '../../domain/post.ts';
import { loadCommandConfig, parseLanguage, type SharedOptions, withSharedOptions } from '../options.ts';
import { escapeTerminal } from '../output/escape-terminal.ts';
import { formatPercent, formatSigned } from '../output/format.ts';
import { type Column, formatTable } from '../output/format-rows.ts';
import { createProgress } from '../output/progress.ts';

export function defineEvalCommand(command: Command): void {
  withSharedOptions(command, ['config', 'model', 'logLevel'])
    .argument('<file>', 'labeled posts: CSV or unquoted TSV with the columns label and text')
    .option('--lang <code>', "language of the posts, such as en (default: the first model's first language)", parseLanguage)
    .option('--by <column>', 'also report each value of a further column of the file')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\n  $ feedpulse eval held-out.tsv --json\n  $ feedpulse eval held-out.csv --by platform\n')
    .action(async (file: string, options: SharedOptions & { lang?: string; json?: boolean; by?: string }) => {
      const config = loadCommandConfig(options);
      const progress = createProgress('Scoring');
      const { lang } = options;
      const { evaluateModel } = await import('../../app/model-evaluation/evaluate-model.ts');
      const measuring = evaluateModel(config, await readLabeledPosts(file, options.by), {
        ...(lang && { lang }),
        onProgress: progress.update,
      });
      const { report } = await measuring.finally(progress.stop);
      process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : formatReport(report));
    });
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
    ...formatNetSentiment(report.netSentiment),
    '',
    '  label     precis. recall     F1    rows',
    ...rows,
    '',
    `  ${Math.round(report.postsPerSecond)} posts/s`,
    '',
    ...(report.subgroups ? [formatTable(report.subgroups, subgroupColumns)] : []),
  ].join('\n');
}

const margin = (value: number | null): string => (value === null ? '' : ` ± ${value.toFixed(1)}`);

function formatNetSentiment({ actual, counted, bias, biasMargin, changeOfTen, changeMargin }: NetSentimentReport): string[] {
  return [
    `  net sentiment: true ${formatSigned(actual, 1)}, counted ${formatSigned(counted, 1)}, bias ${formatSigned(bias, 1)}${margin(biasMargin)} points`,
    ...(changeOfTen === null ? [] : [`  a true change of 10 points shows as ${changeOfTen.toFixed(1)}${margin(changeMargin)}`]),
  ];
}

const subgroupColumns: readonly Column<SubgroupReport>[] = [
  { title: 'GROUP', name: 'group', value: ({ group }) => escapeTerminal(group) },
  { title: 'POSTS', name: 'posts', value: ({ netSentiment }) => netSentiment.posts },
  {
    title: 'MACRO RECALL',
    name: 'macroRecall',
    value: ({ macroRecall }) => macroRecall,
    show: ({ macroRecall }) => formatPercent(macroRecall),
  },
  {
    title: 'TRUE NET',
    name: 'actual',
    value: ({ netSentiment }) => netSentiment.actual,
    show: ({ netSentiment }) => formatSigned(netSentiment.actual, 1),
  },
  {
    title: 'COUNTED',
    name: 'counted',
    value: ({ netSentiment }) => netSentiment.counted,
    show: ({ netSentiment }) => formatSigned(netSentiment.counted, 1),
  },
  {
    title: 'BIAS',
    name: 'bias',
    value: ({ netSentiment }) => netSentiment.bias,
    show: ({ netSentiment }) => `${formatSigned(netSentiment.bias, 1)}${margin(netSentiment.biasMargin)}`,
  },
  {
    title: 'CHANGE OF 10',
    name: 'changeOfTen',
    value: ({ netSentiment }) => netSentiment.changeOfTen,
    show: ({ netSentiment }) =>
      netSentiment.changeOfTen === null ? '–' : `${netSentiment.changeOfTen.toFixed(1)}${margin(netSentiment.changeMargin)}`,
  },
];

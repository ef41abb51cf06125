import { Command } from 'commander';
import { resolveModelDir } from '../../../app/local-models.ts';
import { compareEvaluations, type Disagreement, type EvaluationComparison } from '../../../app/model-evaluation/compare-evaluations.ts';
import { evaluateModel, type ModelEvaluation } from '../../../app/model-evaluation/evaluate-model.ts';
import { readLabeledPosts } from '../../../app/model-evaluation/labeled-posts.ts';
import { labels } from '../../../domain/post.ts';
import { loadModel } from '../../../infer/model/model.ts';
import { type FormatOptions, loadCommandConfig, parseLanguage, parseNumber, withFormat, withSharedOptions } from '../../options.ts';
import { escapeTerminal, printableJson } from '../../output/escape-terminal.ts';
import { formatCount, formatPosts, formatSigned } from '../../output/format.ts';
import { type Column, formatTable, toSingleLine } from '../../output/format-rows.ts';
import { createProgress } from '../../output/progress.ts';

type Options = FormatOptions & { readonly show: number; readonly lang?: string };

const examples = `
A model is a path, or a name from \`model list\`. Use posts that neither model was trained on; two
thousand posts detect differences of about two points.

  $ feedpulse model compare distilbert-social-en training/.work/my-model held-out.tsv
  $ feedpulse model compare distilbert-social-en my-model held-out.tsv --show 50
`;

export function createCompareCommand(): Command {
  return withFormat(withSharedOptions(new Command('compare')), ['table', 'json'])
    .description('compare two models on the same labeled posts: metrics, significance, and the posts they label differently')
    .argument('<a>', 'a model')
    .argument('<b>', 'the other model')
    .argument('<file>', 'labeled posts: CSV or unquoted TSV with the columns label and text')
    .option('--lang <code>', "language of the posts (default: each model's first language)", parseLanguage)
    .option('--show <number>', 'number of differently labeled posts to show', parseNumber, 10)
    .addHelpText('after', examples)
    .action(async (a: string, b: string, file: string, options: Options) => {
      const { lang } = options;
      const config = loadCommandConfig(options);
      const labeled = await readLabeledPosts(file);
      const [pathA, pathB] = [resolveModelDir(a, config), resolveModelDir(b, config)];
      await loadModel(pathB); // a broken model B should fail before A has scored every post
      // One after the other: in parallel they would slow each other down.
      const evaluate = (title: string, modelPath: string): Promise<ModelEvaluation> => {
        const progress = createProgress(title);
        return evaluateModel(config, labeled, { modelPath, ...(lang && { lang }), onProgress: progress.update }).finally(progress.stop);
      };
      const first = await evaluate('Scoring with A', pathA);
      const second = await evaluate('Scoring with B', pathB);
      const found = compareEvaluations(labeled, first, second, Math.floor(options.show));
      process.stdout.write(options.format === 'json' ? `${printableJson(found)}\n` : formatReport(found));
    });
}

function formatReport(found: EvaluationComparison): string {
  const { a, b, disagreements } = found;
  const shown = disagreements.examples.length;
  const list = shown === 0 ? '' : `\n${formatTable(disagreements.examples, disagreementColumns)}`;
  return [
    `A  ${escapeTerminal(a.modelVersion)}\nB  ${escapeTerminal(b.modelVersion)}\n${formatCount(a.rows)} posts, in percent\n\n`,
    formatTable(toMetricRows(found), metricColumns),
    `\n${formatSignificance(found)}\n`,
    `The models disagree on ${formatPosts(disagreements.posts)}${shown < disagreements.posts ? `; the ${formatCount(shown)} with the largest difference:` : '.'}\n`,
    list,
  ].join('');
}

interface MetricRow {
  readonly name: string;
  readonly a: number;
  readonly b: number;
  readonly digits: number;
}

function toMetricRows({ a, b }: EvaluationComparison): MetricRow[] {
  const percent = (name: string, a: number, b: number): MetricRow => ({ name, a: 100 * a, b: 100 * b, digits: 1 });
  return [
    percent('macro recall', a.macroRecall, b.macroRecall),
    percent('accuracy', a.accuracy, b.accuracy),
    ...labels.map((label) => percent(`recall ${label}`, a.perClass[label].recall, b.perClass[label].recall)),
    percent('calibration error', a.calibrationError, b.calibrationError),
    { name: 'posts/s', a: a.postsPerSecond, b: b.postsPerSecond, digits: 0 },
  ];
}

const metricColumns: readonly Column<MetricRow>[] = [
  { title: '', name: 'metric', value: ({ name }) => name },
  { title: 'A', name: 'a', value: ({ a }) => a, show: ({ a, digits }) => a.toFixed(digits) },
  { title: 'B', name: 'b', value: ({ b }) => b, show: ({ b, digits }) => b.toFixed(digits) },
  { title: 'B − A', name: 'difference', value: ({ a, b }) => b - a, show: ({ a, b, digits }) => formatSigned(b - a, digits) },
];

function formatSignificance({ accuracy, macroRecall }: EvaluationComparison): string {
  const { onlyA, onlyB, midP, exact } = accuracy;
  const points = (fraction: number): string => formatSigned(100 * fraction, 1);
  const { difference, low, high, isSampleTooSmall } = macroRecall;
  const formatVerdict = (isSignificant: boolean): string => (isSignificant ? 'significant' : 'not significant');
  return [
    `Accuracy: only A is right on ${formatCount(onlyA)} posts, only B on ${formatCount(onlyB)}; McNemar's mid-p ${formatPValue(midP)} (exact ${formatPValue(exact)}): ${formatVerdict(midP < 0.05)}.`,
    `Macro recall: ${points(difference)} points, 95% interval [${points(low)}, ${points(high)}]: ${isSampleTooSmall ? 'too few posts' : formatVerdict(low > 0 || high < 0)}.`,
  ].join('\n');
}

const disagreementColumns: readonly Column<Disagreement>[] = [
  { title: 'LINE', name: 'line', value: ({ line }) => line },
  { title: 'TRUTH', name: 'truth', value: ({ truth }) => truth },
  { title: 'A', name: 'a', value: ({ a }) => a.label, show: ({ a }) => formatPrediction(a) },
  { title: 'B', name: 'b', value: ({ b }) => b.label, show: ({ b }) => formatPrediction(b) },
  { title: 'TEXT', name: 'text', value: ({ text }) => text, show: ({ text }) => toSingleLine(text, 80) },
];

function formatPrediction({ label, confidence }: Disagreement['a']): string {
  return `${label} ${Math.round(100 * confidence)}%`;
}

function formatPValue(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

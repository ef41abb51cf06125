import { Command } from 'commander';
import { folderOf } from '../../../app/known-models.ts';
import { readLabelled } from '../../../app/model-evaluation/labelled-posts.ts';
import { type Measured, measureModel } from '../../../app/model-evaluation/measure-model.ts';
import { compareMeasured, type ModelDifference, type Split } from '../../../app/model-evaluation/model-difference.ts';
import { labels } from '../../../domain/post.ts';
import { loadModel } from '../../../infer/model/model.ts';
import { configFrom, type FormatOptions, parseNumber, withFormat, withSharedOptions } from '../../options.ts';
import { escapeTerminal, printableJson } from '../../output/escape-terminal.ts';
import { shownCount, sign } from '../../output/format-metrics.ts';
import { type Column, oneLine, tableOf } from '../../output/print-table.ts';
import { createProgress } from '../../output/progress.ts';

type Options = FormatOptions & { readonly show: number };

const examples = `
A model is a folder, or the name of an installed or the bundled model. Use posts that neither model was trained on; two
thousand posts detect differences of about two points.

  $ feedpulse model compare distilbert-social-en training/.work/my-model held-out.tsv
  $ feedpulse model compare distilbert-social-en my-model held-out.tsv --show 50
`;

export function modelCompare(): Command {
  return withFormat(withSharedOptions(new Command('compare')), ['table', 'json'])
    .description('compare two models on the same labelled posts: metrics, significance, and the posts they label differently')
    .argument('<a>', 'a model')
    .argument('<b>', 'another')
    .argument('<file>', 'columns label and text: a .csv, or a TSV without quotes')
    .option('--show <number>', 'number of differently labelled posts to show', parseNumber, 10)
    .addHelpText('after', examples)
    .action(async (a: string, b: string, file: string, options: Options) => {
      const config = configFrom(options);
      const labelled = await readLabelled(file);
      const [pathA, pathB] = [folderOf(a, config), folderOf(b, config)];
      await loadModel(pathB); // a broken model B should fail before A has scored every post
      // One after the other: in parallel they would slow each other down.
      const measure = (title: string, modelPath: string): Promise<Measured> => {
        const progress = createProgress(title);
        return measureModel(config, labelled, { modelPath, onProgress: progress.update }).finally(progress.stop);
      };
      const first = await measure('Scoring with A', pathA);
      const second = await measure('Scoring with B', pathB);
      const found = compareMeasured(labelled, first, second, Math.floor(options.show));
      process.stdout.write(options.format === 'json' ? `${printableJson(found)}\n` : report(found));
    });
}

function report(found: ModelDifference): string {
  const { a, b, disagreements } = found;
  const shown = disagreements.shown.length;
  const list = shown === 0 ? '' : `\n${tableOf(disagreements.shown, splitColumns)}`;
  return [
    `A  ${escapeTerminal(a.modelVersion)}\nB  ${escapeTerminal(b.modelVersion)}\n${shownCount(a.rows)} posts, in percent\n\n`,
    tableOf(figuresOf(found), figureColumns),
    `\n${significance(found)}\n`,
    `They label ${shownCount(disagreements.posts)} posts differently${shown < disagreements.posts ? `; the ${shownCount(shown)} furthest apart:` : '.'}\n`,
    list,
  ].join('');
}

interface Figure {
  readonly name: string;
  readonly a: number;
  readonly b: number;
  readonly digits: number;
}

function figuresOf({ a, b }: ModelDifference): Figure[] {
  const percent = (name: string, one: number, other: number): Figure => ({ name, a: 100 * one, b: 100 * other, digits: 1 });
  return [
    percent('macro recall', a.macroRecall, b.macroRecall),
    percent('accuracy', a.accuracy, b.accuracy),
    ...labels.map((label) => percent(`recall ${label}`, a.perClass[label].recall, b.perClass[label].recall)),
    percent('calibration error', a.calibrationError, b.calibrationError),
    { name: 'posts/s', a: a.postsPerSecond, b: b.postsPerSecond, digits: 0 },
  ];
}

const figureColumns: readonly Column<Figure>[] = [
  { title: '', name: 'figure', value: ({ name }) => name },
  { title: 'A', name: 'a', value: ({ a }) => a, show: ({ a, digits }) => a.toFixed(digits) },
  { title: 'B', name: 'b', value: ({ b }) => b, show: ({ b, digits }) => b.toFixed(digits) },
  { title: 'B − A', name: 'difference', value: ({ a, b }) => b - a, show: ({ a, b, digits }) => sign(b - a, digits) },
];

function significance({ accuracy, macroRecall }: ModelDifference): string {
  const { onlyA, onlyB, midP, exact } = accuracy;
  const points = (fraction: number): string => sign(100 * fraction, 1);
  const { difference, low, high, isSampleTooSmall } = macroRecall;
  const doubt = (isClear: boolean): string => (isClear ? 'significant' : 'not significant');
  return [
    `Accuracy: only A is right on ${shownCount(onlyA)} posts, only B on ${shownCount(onlyB)}; McNemar's mid-p ${shownP(midP)} (exact ${shownP(exact)}): ${doubt(midP < 0.05)}.`,
    `Macro recall: ${points(difference)} points, 95 % interval ${points(low)} … ${points(high)}: ${isSampleTooSmall ? 'too few posts' : doubt(low > 0 || high < 0)}.`,
  ].join('\n');
}

const splitColumns: readonly Column<Split>[] = [
  { title: 'LINE', name: 'line', value: ({ line }) => line },
  { title: 'TRUTH', name: 'truth', value: ({ truth }) => truth },
  { title: 'A', name: 'a', value: ({ a }) => a.label, show: ({ a }) => formatPrediction(a) },
  { title: 'B', name: 'b', value: ({ b }) => b.label, show: ({ b }) => formatPrediction(b) },
  { title: 'TEXT', name: 'text', value: ({ text }) => text, show: ({ text }) => oneLine(text, 80) },
];

function formatPrediction({ label, confidence }: Split['a']): string {
  return `${label} ${Math.round(100 * confidence)} %`;
}

function shownP(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

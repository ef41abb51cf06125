import { basename } from 'node:path';
import { Command } from 'commander';
import { findModels, type KnownModel } from '../../../app/known-models.ts';
import { configFrom, type SharedOptions, withSharedOptions } from '../../options.ts';
import { escapeTerminal, printableJson } from '../../output/escape-terminal.ts';
import { shownBytes, shownShare } from '../../output/format-metrics.ts';
import { type Column, tableOf } from '../../output/print-table.ts';

export function modelList(): Command {
  return withSharedOptions(new Command('list'), 'logLevel')
    .description('the bundled model, those in the data folder, and the one that the settings name')
    .option('--json', 'print them as one JSON array')
    .action(async (options: SharedOptions & { json?: boolean }) => {
      const models = (await findModels(configFrom(options))).map(rowOf);
      if (options.json) return void process.stdout.write(`${printableJson(models)}\n`);
      process.stdout.write(tableOf(models, columns));
      for (const { name, problem } of models) if (problem !== null) process.stderr.write(`${escapeTerminal(`${name}: ${problem}`)}\n`);
    });
}

/** Figures are fractions, measured by those who made the model; null where its manifest has none. */
function rowOf({ where, folder, runs, model, problem }: KnownModel) {
  return {
    name: model?.name ?? basename(folder),
    version: model?.version ?? null,
    where,
    runs,
    labels: model?.labels ?? null,
    languages: model?.languages ?? null,
    bytes: model ? Object.values(model.files).reduce((sum, { bytes }) => sum + bytes, 0) : null,
    figures: model?.figures ?? null,
    folder,
    problem: problem ?? null,
  };
}

type Row = ReturnType<typeof rowOf>;

const columns: readonly Column<Row>[] = [
  { title: 'RUNS', name: 'runs', value: ({ runs }) => (runs ? '*' : '') },
  { title: 'NAME', name: 'name', value: ({ name }) => name },
  { title: 'VERSION', name: 'version', value: ({ version }) => version },
  { title: 'WHERE', name: 'where', value: ({ where }) => where },
  { title: 'LABELS', name: 'labels', value: ({ labels }) => labels?.join(' ') ?? null },
  { title: 'LANG', name: 'languages', value: ({ languages }) => languages?.join(' ') ?? null },
  { title: 'SIZE', name: 'bytes', value: ({ bytes }) => bytes, show: ({ bytes }) => (bytes === null ? '–' : shownBytes(bytes)) },
  figure('MACRO RECALL', 'macroRecall'),
  figure('ACCURACY', 'accuracy'),
  { title: 'FOLDER', name: 'folder', value: ({ folder }) => folder },
];

/** Of the quantised weights, which are the ones that run. */
function figure(title: string, name: 'macroRecall' | 'accuracy'): Column<Row> {
  const value = ({ figures }: Row): number | null => figures?.int8[name] ?? null;
  return { title, name, value, show: (row) => shownShare(value(row)) };
}

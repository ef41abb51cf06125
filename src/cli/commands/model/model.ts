import { basename } from 'node:path';
import { Command } from 'commander';
import { findModels, folderOf, type KnownModel, runningFolder } from '../../../app/known-models.ts';
import { readModel, verifyModel } from '../../../infer/model/model.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { configFrom, type FormatOptions, withFormat, withSharedOptions } from '../../options.ts';
import { escapeTerminal, printableJson } from '../../output/escape-terminal.ts';
import { shownBytes, shownShare } from '../../output/format-metrics.ts';
import { type Column, printRows } from '../../output/print-table.ts';
import { modelCompare } from './compare.ts';
import { modelPull } from './pull.ts';

const examples = `
  $ feedpulse model list
  $ feedpulse model verify distilbert-social-en
`;

export function modelCommand(command: Command): void {
  for (const create of [modelList, modelVerify, modelPull, modelCompare]) command.addCommand(create());
  command.addHelpText('after', examples);
}

function modelList(): Command {
  return withFormat(withSharedOptions(new Command('list'), ['config', 'dataDir', 'model']))
    .description('list the bundled model, the installed ones, and the configured one')
    .action(async ({ format, ...options }: FormatOptions) => {
      const models = (await findModels(configFrom(options))).map(rowOf);
      process.stdout.write(printRows(format, models, columns));
      if (format === 'table')
        for (const { name, problem } of models) if (problem !== null) process.stderr.write(`${escapeTerminal(`${name}: ${problem}`)}\n`);
    });
}

/** Metrics are fractions, measured by the publisher of the model; null if the manifest has none. */
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

/** A metric of the quantised weights, which are the ones that run. */
function figure(title: string, name: 'macroRecall' | 'accuracy'): Column<Row> {
  const value = ({ figures }: Row): number | null => figures?.int8[name] ?? null;
  return { title, name, value, show: (row) => shownShare(value(row)) };
}

function modelVerify(): Command {
  return withFormat(withSharedOptions(new Command('verify'), ['config', 'dataDir', 'model']), ['table', 'json'])
    .description('check each file of a model against the SHA-256 in its manifest; exit code 4 if one differs or is missing')
    .argument('[model]', 'a folder, or the name of an installed model (default: the configured one)')
    .action(async (given: string | undefined, { format, ...options }: FormatOptions) => {
      const config = configFrom(options);
      const model = await readModel(given === undefined ? runningFolder(config) : folderOf(given, config));
      const checks = await verifyModel(model);
      const files = checks.map(({ file, state, problem }) => ({ file, state, ...model.files[file], problem: problem?.message ?? null }));
      const isOk = files.every(({ state }) => state === 'ok');
      if (format === 'json') process.stdout.write(`${printableJson({ model: model.id, folder: model.folder, ok: isOk, files })}\n`);
      else process.stdout.write(`${escapeTerminal(model.id)} in ${escapeTerminal(model.folder)}\n${files.map(line).join('')}`);
      if (!isOk) throw verificationError(files);
    });
}

interface FileLine {
  readonly file: string;
  readonly state: string;
  readonly bytes?: number;
}

function line({ file, state, bytes = 0 }: FileLine): string {
  return `  ${state === 'ok' ? '✓' : '✗'} ${state.padEnd(9)}  ${shownBytes(bytes).padStart(8)}  ${escapeTerminal(file)}\n`;
}

function verificationError(files: readonly (FileLine & { readonly problem: string | null })[]): FeedpulseError {
  const failed = files.filter(({ state }) => state !== 'ok');
  const isCorrupt = failed.some(({ state }) => state !== 'missing');
  const problems = failed.map(({ problem }) => problem ?? '').join(' ');
  return new FeedpulseError(
    isCorrupt ? 'MODEL_CORRUPT' : 'MODEL_MISSING',
    `${failed.length} of ${files.length} files failed verification. ${problems}`,
  );
}

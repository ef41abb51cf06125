import { basename } from 'node:path';
import { Command } from 'commander';
import { configuredModels, findLocalModels, type LocalModel, resolveModelDir } from '../../../app/local-models.ts';
import { readModel, verifyModel } from '../../../infer/model/model.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { type FormatOptions, loadCommandConfig, withFormat, withSharedOptions } from '../../options.ts';
import { escapeTerminal, printableJson } from '../../output/escape-terminal.ts';
import { formatBytes, formatPercent } from '../../output/format.ts';
import { type Column, formatRows } from '../../output/format-rows.ts';
import { createCompareCommand } from './compare.ts';
import { createPullCommand } from './pull.ts';

const examples = `
  $ feedpulse model list
  $ feedpulse model verify distilbert-social-en
`;

export function defineModelCommand(command: Command): void {
  for (const create of [createListCommand, createVerifyCommand, createPullCommand, createCompareCommand]) command.addCommand(create());
  command.addHelpText('after', examples);
}

function createListCommand(): Command {
  return withFormat(withSharedOptions(new Command('list'), ['config', 'dataDir', 'model']))
    .description('list the bundled models, the installed ones and the configured ones')
    .action(async ({ format, ...options }: FormatOptions) => {
      const models = (await findLocalModels(loadCommandConfig(options))).map(toRow);
      process.stdout.write(formatRows(format, models, columns));
      if (format === 'table')
        for (const { name, problem } of models) if (problem !== null) process.stderr.write(`${escapeTerminal(`${name}: ${problem}`)}\n`);
    });
}

/** Metrics are fractions, measured by the model's publisher; null if the manifest has none. */
function toRow({ origin, dir, active, model, problem }: LocalModel) {
  return {
    name: model?.name ?? basename(dir),
    version: model?.version ?? null,
    origin,
    active,
    labels: model?.labels ?? null,
    languages: model?.languages ?? null,
    bytes: model ? Object.values(model.files).reduce((sum, { bytes }) => sum + bytes, 0) : null,
    metrics: model?.figures ?? null,
    dir,
    problem: problem ?? null,
  };
}

type Row = ReturnType<typeof toRow>;

const columns: readonly Column<Row>[] = [
  { title: 'ACTIVE', name: 'active', value: ({ active }) => (active ? '*' : '') },
  { title: 'NAME', name: 'name', value: ({ name }) => name },
  { title: 'VERSION', name: 'version', value: ({ version }) => version },
  { title: 'ORIGIN', name: 'origin', value: ({ origin }) => origin },
  { title: 'LABELS', name: 'labels', value: ({ labels }) => labels?.join(' ') ?? null },
  { title: 'LANG', name: 'languages', value: ({ languages }) => languages?.join(' ') ?? null },
  { title: 'SIZE', name: 'bytes', value: ({ bytes }) => bytes, show: ({ bytes }) => (bytes === null ? '–' : formatBytes(bytes)) },
  metricColumn('MACRO RECALL', 'macroRecall'),
  metricColumn('ACCURACY', 'accuracy'),
  { title: 'DIRECTORY', name: 'dir', value: ({ dir }) => dir },
];

/** A metric of the quantized weights, which inference uses. */
function metricColumn(title: string, name: 'macroRecall' | 'accuracy'): Column<Row> {
  const value = ({ metrics }: Row): number | null => metrics?.int8[name] ?? null;
  return { title, name, value, show: (row) => formatPercent(value(row)) };
}

function createVerifyCommand(): Command {
  return withFormat(withSharedOptions(new Command('verify'), ['config', 'dataDir', 'model']), ['table', 'json'])
    .description('check each file of a model against the SHA-256 in its manifest; exit code 4 if one differs or is missing')
    .argument('[model]', 'a directory, or the name of a bundled or installed model (default: the first one in use)')
    .action(async (nameOrPath: string | undefined, { format, ...options }: FormatOptions) => {
      const config = loadCommandConfig(options);
      const model = await readModel(nameOrPath === undefined ? configuredModels(config)[0].path : resolveModelDir(nameOrPath, config));
      const checks = await verifyModel(model);
      const files = checks.map(({ file, state, problem }) => ({ file, state, ...model.files[file], problem: problem?.message ?? null }));
      const isOk = files.every(({ state }) => state === 'ok');
      if (format === 'json') process.stdout.write(`${printableJson({ model: model.id, dir: model.dir, ok: isOk, files })}\n`);
      else process.stdout.write(`${escapeTerminal(model.id)} in ${escapeTerminal(model.dir)}\n${files.map(formatFile).join('')}`);
      if (!isOk) throw verificationError(files);
    });
}

interface FileLine {
  readonly file: string;
  readonly state: string;
  readonly bytes?: number;
}

function formatFile({ file, state, bytes = 0 }: FileLine): string {
  return `  ${state === 'ok' ? '✓' : '✗'} ${state.padEnd(9)}  ${formatBytes(bytes).padStart(8)}  ${escapeTerminal(file)}\n`;
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

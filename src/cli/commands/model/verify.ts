import { Command } from 'commander';
import { folderOf, runningFolder } from '../../../app/known-models.ts';
import { examineModel, readModel } from '../../../infer/model/model.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { configFrom, type SharedOptions, withSharedOptions } from '../../options.ts';
import { escapeTerminal, printableJson } from '../../output/escape-terminal.ts';
import { shownBytes } from '../../output/format-metrics.ts';

export function modelVerify(): Command {
  return withSharedOptions(new Command('verify'), 'logLevel')
    .description('check every file of a model against the SHA-256 in its manifest; ends with 4 where one differs or is missing')
    .argument('[model]', 'a folder, or the name of an installed model; the one that the settings name when absent')
    .option('--json', 'print one JSON object')
    .action(async (given: string | undefined, options: SharedOptions & { json?: boolean }) => {
      const config = configFrom(options);
      const model = await readModel(given === undefined ? runningFolder(config) : folderOf(given, config));
      const findings = await examineModel(model);
      const files = findings.map(({ file, state, problem }) => ({ file, state, ...model.files[file], problem: problem?.message ?? null }));
      const sound = files.every(({ state }) => state === 'sound');
      if (options.json) process.stdout.write(`${printableJson({ model: model.id, folder: model.folder, sound, files })}\n`);
      else process.stdout.write(`${escapeTerminal(model.id)} in ${escapeTerminal(model.folder)}\n${files.map(line).join('')}`);
      if (!sound) throw verdict(files);
    });
}

interface FileLine {
  readonly file: string;
  readonly state: string;
  readonly bytes?: number;
}

function line({ file, state, bytes = 0 }: FileLine): string {
  return `  ${state === 'sound' ? '✓' : '✗'} ${state.padEnd(9)}  ${shownBytes(bytes).padStart(8)}  ${escapeTerminal(file)}\n`;
}

function verdict(files: readonly (FileLine & { readonly problem: string | null })[]): FeedpulseError {
  const wrong = files.filter(({ state }) => state !== 'sound');
  const damaged = wrong.some(({ state }) => state !== 'missing');
  const why = wrong.map(({ problem }) => problem ?? '').join(' ');
  return new FeedpulseError(damaged ? 'MODEL_CORRUPT' : 'MODEL_MISSING', `${wrong.length} of ${files.length} files are not sound. ${why}`);
}

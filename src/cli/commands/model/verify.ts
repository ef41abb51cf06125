import { Command } from 'commander';
import { folderOf, runningFolder } from '../../../app/known-models.ts';
import { readModel, verifyModel } from '../../../infer/model/model.ts';
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
      const checks = await verifyModel(model);
      const files = checks.map(({ file, state, problem }) => ({ file, state, ...model.files[file], problem: problem?.message ?? null }));
      const isOk = files.every(({ state }) => state === 'ok');
      if (options.json) process.stdout.write(`${printableJson({ model: model.id, folder: model.folder, ok: isOk, files })}\n`);
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

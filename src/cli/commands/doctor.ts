import type { Command } from 'commander';
import { type CheckResult, runChecks } from '../../app/doctor.ts';
import { FeedpulseError } from '../../lib/errors.ts';
import { createLog } from '../../lib/log.ts';
import { errorAdvice } from '../error-advice.ts';
import { type FormatOptions, loadCommandConfig, withFormat, withSharedOptions } from '../options.ts';
import { printableJson } from '../output/escape-terminal.ts';
import { withProgramName } from '../program-name.ts';

export function defineDoctorCommand(command: Command): void {
  withFormat(withSharedOptions(command, ['config', 'dataDir', 'model']), ['table', 'json'])
    .addHelpText('after', '\nExits with code 1 if a check fails.\n\n  $ feedpulse doctor --config feedpulse.yaml\n')
    .action(async (options: FormatOptions) => {
      const results = (await runChecks(loadCommandConfig(options), createLog('silent'))).map(withHint);
      process.stdout.write(options.format === 'json' ? `${printableJson(results)}\n` : results.map(formatResult).join(''));
      if (results.some(({ ok }) => !ok)) process.exitCode = 1;
    });
}

type Row = ReturnType<typeof withHint>;

function withHint({ component, detail, error }: CheckResult) {
  const hint = error instanceof FeedpulseError ? ` ${errorAdvice[error.code].hint}` : '';
  return { component, ok: error === undefined, detail: withProgramName(`${detail}${hint}`) };
}

function formatResult({ component, ok, detail }: Row): string {
  return `${ok ? '✓' : '✗'} ${component.padEnd(12)} ${detail}\n`;
}

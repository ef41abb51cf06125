import { Command, CommanderError } from 'commander';
import { asError, FeedpulseError } from '../lib/errors.ts';
import { version } from '../lib/version.ts';
import { alertsCommand } from './commands/alerts/alerts.ts';
import { rematchCommand } from './commands/brands.ts';
import { checkConfigCommand } from './commands/check-config.ts';
import { compareCommand } from './commands/compare.ts';
import { relabelCommand } from './commands/corrections.ts';
import { deadLettersCommand } from './commands/dead-letters/dead-letters.ts';
import { doctorCommand } from './commands/doctor.ts';
import { driversCommand } from './commands/drivers.ts';
import { eraseCommand } from './commands/erase.ts';
import { evalCommand } from './commands/eval.ts';
import { migrateCommand } from './commands/migrate.ts';
import { modelCommand } from './commands/model/model.ts';
import { postsCommand } from './commands/posts.ts';
import { produceCommand } from './commands/produce.ts';
import { rescoreCommand } from './commands/rescore.ts';
import { rollupsCommand } from './commands/rollups.ts';
import { runCommand } from './commands/run.ts';
import { scoreCommand } from './commands/score.ts';
import { demoCommand } from './commands/seed.ts';
import { tokensCommand } from './commands/tokens.ts';
import { trendsCommand } from './commands/trends.ts';
import { errorAdvice } from './exit-codes.ts';

const program = new Command('feedpulse')
  .description('How people feel about your brands on social feeds, within seconds.')
  .version(version)
  .option('--verbose', 'show stack traces')
  .exitOverride();

const commands = [
  runCommand,
  scoreCommand,
  evalCommand,
  produceCommand,
  trendsCommand,
  compareCommand,
  driversCommand,
  postsCommand,
  alertsCommand,
  deadLettersCommand,
  relabelCommand,
  rematchCommand,
  rescoreCommand,
  rollupsCommand,
  eraseCommand,
  modelCommand,
  demoCommand,
  migrateCommand,
  tokensCommand,
  checkConfigCommand,
  doctorCommand,
];
for (const create of commands) program.addCommand(create().exitOverride());

try {
  await program.parseAsync();
} catch (thrown) {
  process.exitCode = report(thrown);
}

/** Prints what went wrong in one line (code, cause, what to do) and answers with the exit code. */
function report(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
  const error = asError(thrown);
  const line =
    error instanceof FeedpulseError ? `${error.code}: ${error.message} ${errorAdvice[error.code].hint}` : `UNEXPECTED: ${error.message}`;
  process.stderr.write(`${line}\n`);
  if (program.opts<{ verbose?: boolean }>().verbose) process.stderr.write(`${error.stack}\n`);
  return error instanceof FeedpulseError ? errorAdvice[error.code].exit : 1;
}

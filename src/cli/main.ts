import { Command, CommanderError } from 'commander';
import { asError, FeedpulseError } from '../errors.ts';
import { version } from '../version.ts';
import { alertsCommand } from './alerts.ts';
import { checkConfigCommand } from './check-config.ts';
import { compareCommand } from './compare.ts';
import { deadLettersCommand } from './dead-letters.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { driversCommand } from './drivers.ts';
import { eraseCommand } from './erase.ts';
import { evalCommand } from './eval.ts';
import { migrateCommand } from './migrate.ts';
import { modelCommand } from './model.ts';
import { postsCommand } from './posts.ts';
import { produceCommand } from './produce.ts';
import { relabelCommand } from './relabel.ts';
import { rematchCommand } from './rematch.ts';
import { rescoreCommand } from './rescore.ts';
import { rollupsCommand } from './rollups.ts';
import { runCommand } from './run.ts';
import { scoreCommand } from './score.ts';
import { tokensCommand } from './tokens.ts';
import { trendsCommand } from './trends.ts';

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
  const line = error instanceof FeedpulseError ? `${error.code}: ${error.message} ${error.hint}` : `UNEXPECTED: ${error.message}`;
  process.stderr.write(`${line}\n`);
  if (program.opts<{ verbose?: boolean }>().verbose) process.stderr.write(`${error.stack}\n`);
  return error instanceof FeedpulseError ? error.exitCode : 1;
}

import { Command, CommanderError } from 'commander';
import { asError, errorCodeOf, FeedpulseError } from '../lib/errors.ts';
import { raiseOpenFileLimit, readOpenFileLimit } from '../lib/open-file-limit.ts';
import { version } from '../lib/version.ts';
import { errorAdvice } from './error-advice.ts';
import { withProgramName } from './program-name.ts';

/** Adds options, arguments, subcommands and the action to a command. */
type Define = (command: Command) => void;

/** Name, summary, and the module, which is imported only when the command is called. */
const commands: readonly (readonly [name: string, summary: string, load: () => Promise<Define>])[] = [
  [
    'run',
    'read the sources, score and store their posts, serve the web UI and the API',
    async () => (await import('./commands/run.ts')).defineRunCommand,
  ],
  [
    'map',
    'show what a sample of messages becomes, and propose a mapping',
    async () => (await import('./commands/map.ts')).defineMapCommand,
  ],
  ['score', 'score the posts in an NDJSON or text file', async () => (await import('./commands/score.ts')).defineScoreCommand],
  ['eval', 'measure the model on labeled posts', async () => (await import('./commands/eval.ts')).defineEvalCommand],
  [
    'produce',
    'send the posts in an NDJSON file to a Kafka topic',
    async () => (await import('./commands/produce.ts')).defineProduceCommand,
  ],
  [
    'collect',
    'send the messages of a public stream to a Kafka topic',
    async () => (await import('./commands/collect.ts')).defineCollectCommand,
  ],
  ['trends', 'volume and net sentiment of a brand over time', async () => (await import('./commands/trends.ts')).defineTrendsCommand],
  [
    'compare',
    'brands side by side: volume, share of voice, net sentiment',
    async () => (await import('./commands/compare.ts')).defineCompareCommand,
  ],
  ['drivers', 'terms that drive negative and positive sentiment', async () => (await import('./commands/drivers.ts')).defineDriversCommand],
  ['posts', 'search stored posts', async () => (await import('./commands/posts.ts')).definePostsCommand],
  [
    'alerts',
    'list, silence, acknowledge and backtest alerts',
    async () => (await import('./commands/alerts/alerts.ts')).defineAlertsCommand,
  ],
  [
    'dead-letters',
    'list, inspect and replay messages that could not be processed',
    async () => (await import('./commands/dead-letters/dead-letters.ts')).defineDeadLettersCommand,
  ],
  ['corrections', 'correct the labels of posts', async () => (await import('./commands/corrections.ts')).defineCorrectionsCommand],
  [
    'calibrate',
    'correct net sentiment for the errors of the model, from labeled posts',
    async () => (await import('./commands/calibrate.ts')).defineCalibrateCommand,
  ],
  ['brands', 'reapply brand rules to stored posts', async () => (await import('./commands/brands.ts')).defineBrandsCommand],
  [
    'rescore',
    'score stored posts with another model, compare, activate',
    async () => (await import('./commands/rescore.ts')).defineRescoreCommand,
  ],
  ['rollups', 'recompute the rollups of a time range', async () => (await import('./commands/rollups.ts')).defineRollupsCommand],
  ['erase', 'permanently erase a post, or all posts of an author', async () => (await import('./commands/erase.ts')).defineEraseCommand],
  ['model', 'list, verify, download and compare models', async () => (await import('./commands/model/model.ts')).defineModelCommand],
  ['seed', 'fill a database with synthetic history', async () => (await import('./commands/seed.ts')).defineSeedCommand],
  [
    'migrate',
    'apply database migrations (`run` does this on startup)',
    async () => (await import('./commands/migrate.ts')).defineMigrateCommand,
  ],
  ['tokens', 'add, list and remove API tokens', async () => (await import('./commands/tokens.ts')).defineTokensCommand],
  [
    'check-config',
    'validate the settings and report every problem',
    async () => (await import('./commands/check-config.ts')).defineCheckConfigCommand,
  ],
  ['doctor', 'check database, model, port and source', async () => (await import('./commands/doctor.ts')).defineDoctorCommand],
];

/** Limits of the machine, and faults of the installation, which any statement may run into. */
const systemFaults: Readonly<Record<string, string>> = {
  EMFILE: `This process may open ${readOpenFileLimit()} files, which is too few: raise the limit ${raiseOpenFileLimit}`,
  ERR_MODULE_NOT_FOUND: 'The installation is incomplete: run `npm run setup`',
  ENFILE: 'The machine cannot open more files',
  ENOSPC: 'No space is left on the disk',
  EDQUOT: 'The quota of the disk is used up',
};

const program = configureCommand(new Command('feedpulse'))
  .description('Brand sentiment on social media within seconds: Bluesky, Mastodon, Kafka or files, DistilBERT on CPUs, ClickHouse.')
  .version(version)
  .option('--verbose', 'print stack traces')
  .addHelpText('after', '\nRun `feedpulse <command> --help` for the options of a command and examples.\n')
  .hook('preSubcommand', async (_program, command) => {
    const [, , load] = commands.find(([name]) => name === command.name()) ?? [];
    (await load?.())?.(command);
    configureCommand(command);
  });
for (const [name, summary] of commands) program.addCommand(new Command(name).description(summary));

/** Makes commander throw instead of exiting, and adapts example commands to how the program was started. */
function configureCommand(command: Command): Command {
  for (const subcommand of command.commands) configureCommand(subcommand);
  return command.exitOverride().configureOutput({
    writeOut: (text) => process.stdout.write(withProgramName(text)),
    writeErr: (text) => process.stderr.write(withProgramName(text)),
  });
}

// The reader of a pipe such as `| head` has what it wanted.
process.stdout.on('error', (error) => {
  if (errorCodeOf(error) === 'EPIPE') process.exit(0);
  throw error;
});

// A bug, but still one line and an exit code, as for any other error.
process.on('unhandledRejection', (thrown) => process.exit(report(thrown)));

try {
  const [first, ...rest] = process.argv.slice(2);
  // `help <command>` must load the command's module first.
  await program.parseAsync(first === 'help' && rest.length > 0 ? [...rest, '--help'] : process.argv.slice(2), { from: 'user' });
} catch (thrown) {
  process.exitCode = report(thrown);
  // Everything has been closed by now; a leftover handle must not keep the failed process alive.
  setTimeout(() => process.exit(), 1_000).unref();
}

function withAdvice(error: Error): Error {
  const fault = error instanceof FeedpulseError ? undefined : systemFaults[errorCodeOf(error) ?? ''];
  return fault === undefined ? error : new FeedpulseError('FILE_INACCESSIBLE', `${fault} (${error.message}).`, { cause: error });
}

/** Prints the error in one line (code, cause, what to do). Returns the exit code. */
function report(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
  const error = withAdvice(asError(thrown));
  const line =
    error instanceof FeedpulseError ? `${error.code}: ${error.message} ${errorAdvice[error.code].hint}` : `UNEXPECTED: ${error.message}`;
  process.stderr.write(`${withProgramName(line)}\n`);
  if (program.opts<{ verbose?: boolean }>().verbose) process.stderr.write(`${error.stack}\n`);
  return error instanceof FeedpulseError ? errorAdvice[error.code].exit : 1;
}

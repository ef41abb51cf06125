import { Command, Option } from 'commander';
import { type Role, roles } from '../../domain/roles.ts';
import { systemClock } from '../../lib/clock.ts';
import { addToken, readTokens, removeToken, tokensPath } from '../../server/auth/token-file.ts';
import { type FormatOptions, loadCommandConfig, type SharedOptions, withFormat, withSharedOptions } from '../options.ts';
import { type Column, formatRows } from '../output/format-rows.ts';

const sharedOptions = ['config', 'dataDir'] as const;

const examples = `
  $ feedpulse tokens add --name grafana --role viewer
  $ feedpulse tokens remove grafana
`;

export function defineTokensCommand(command: Command): void {
  for (const create of [createAddCommand, createListCommand, createRemoveCommand]) command.addCommand(create());
  command.addHelpText('after', examples);
}

function createAddCommand(): Command {
  return withSharedOptions(new Command('add'), sharedOptions)
    .description('create a token and print it, once')
    .requiredOption('--name <name>', 'name of the token, such as its user')
    .addOption(
      new Option('--role <role>', 'viewer: read-only; editor: alerts and corrections; admin: everything')
        .choices(roles)
        .makeOptionMandatory(),
    )
    .action(async (options: SharedOptions & { name: string; role: Role }) => {
      const token = await addToken(tokensPath(loadCommandConfig(options)), options, new Date(systemClock.now()));
      process.stdout.write(`${token}\n`);
      process.stderr.write('Store it now: it is not shown again.\n');
    });
}

function createListCommand(): Command {
  return withFormat(withSharedOptions(new Command('list'), sharedOptions))
    .description('list names, roles and creation times of the tokens')
    .action(async ({ format, ...options }: FormatOptions) => {
      const tokens = (await readTokens(tokensPath(loadCommandConfig(options)))).map(({ name, role, createdAt }) => ({
        name,
        role,
        createdAt,
      }));
      process.stdout.write(format === 'table' && tokens.length === 0 ? 'There are no tokens.\n' : formatRows(format, tokens, columns));
    });
}

function createRemoveCommand(): Command {
  return withSharedOptions(new Command('remove'), sharedOptions)
    .description('revoke a token and the sessions opened with it; a running server applies it within seconds')
    .argument('<name>', 'the name of the token')
    .action(async (name: string, options: SharedOptions) => {
      await removeToken(tokensPath(loadCommandConfig(options)), name);
      process.stdout.write(`The token ${name} is revoked.\n`);
    });
}

const columns: readonly Column<{ readonly name: string; readonly role: Role; readonly createdAt: string }>[] = [
  { title: 'NAME', name: 'name', value: ({ name }) => name },
  { title: 'ROLE', name: 'role', value: ({ role }) => role },
  { title: 'CREATED', name: 'createdAt', value: ({ createdAt }) => createdAt },
];

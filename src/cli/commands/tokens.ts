import { Command, Option } from 'commander';
import { type Role, roles } from '../../domain/roles.ts';
import { systemClock } from '../../lib/clock.ts';
import { addToken, readTokens, removeToken, tokensPath } from '../../server/auth/token-file.ts';
import { configFrom, type SharedOptions, withSharedOptions } from '../options.ts';

export function tokensCommand(): Command {
  const tokens = new Command('tokens').description('API tokens: who may reach the page, the API and the metrics');
  for (const create of [addCommand, listCommand, removeCommand]) tokens.addCommand(create().exitOverride());
  return tokens;
}

function addCommand(): Command {
  return withSharedOptions(new Command('add'))
    .description('make a token and print it, once')
    .requiredOption('--name <name>', 'who or what it is for')
    .addOption(new Option('--role <role>', 'viewer reads; editor and admin may change things').choices(roles).makeOptionMandatory())
    .action(async (options: SharedOptions & { name: string; role: Role }) => {
      const token = await addToken(tokensPath(configFrom(options)), options, new Date(systemClock.now()));
      process.stdout.write(`${token}\n`);
      process.stderr.write('Keep it now: it is not shown again.\n');
    });
}

function listCommand(): Command {
  return withSharedOptions(new Command('list'))
    .description('names, roles and ages of the tokens')
    .option('--json', 'print them as one JSON array')
    .action(async (options: SharedOptions & { json?: boolean }) => {
      const tokens = (await readTokens(tokensPath(configFrom(options)))).map(({ name, role, createdAt }) => ({ name, role, createdAt }));
      const lines = tokens.map(({ name, role, createdAt }) => `${name.padEnd(24)} ${role.padEnd(7)} ${createdAt}\n`);
      process.stdout.write(options.json ? `${JSON.stringify(tokens)}\n` : lines.join('') || 'There are no tokens.\n');
    });
}

function removeCommand(): Command {
  return withSharedOptions(new Command('remove'))
    .description('end a token and the sessions opened with it; a running server notices within seconds')
    .argument('<name>', 'the name it was made with')
    .action(async (name: string, options: SharedOptions) => {
      await removeToken(tokensPath(configFrom(options)), name);
      process.stdout.write(`${name} is removed.\n`);
    });
}

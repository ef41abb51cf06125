import { Command } from 'commander';
import { deadLettersList } from './dead-letters-list.ts';
import { deadLettersReplay } from './dead-letters-replay.ts';
import { deadLettersShow } from './dead-letters-show.ts';

export function deadLettersCommand(): Command {
  const command = withSubcommands(new Command('dead-letters'));
  return command.description('messages that could not become a post: look at them, put them back');
}

function withSubcommands(command: Command): Command {
  for (const create of [deadLettersList, deadLettersShow, deadLettersReplay]) command.addCommand(create().exitOverride());
  return command;
}

import { Command } from 'commander';
import { deadLettersList } from './list.ts';
import { deadLettersReplay } from './replay.ts';
import { deadLettersShow } from './show.ts';

export function deadLettersCommand(): Command {
  const command = withSubcommands(new Command('dead-letters'));
  return command.description('messages that could not become a post: look at them, put them back');
}

function withSubcommands(command: Command): Command {
  for (const create of [deadLettersList, deadLettersShow, deadLettersReplay]) command.addCommand(create().exitOverride());
  return command;
}

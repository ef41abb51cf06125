import type { Command } from 'commander';
import { createListCommand } from './list.ts';
import { createReplayCommand } from './replay.ts';
import { createShowCommand } from './show.ts';

const examples = `
  $ feedpulse dead-letters list --since now-1d
  $ feedpulse dead-letters show posts/0/4711
  $ feedpulse dead-letters replay --reason missing-text
`;

export function defineDeadLettersCommand(command: Command): void {
  for (const create of [createListCommand, createShowCommand, createReplayCommand]) command.addCommand(create());
  command.addHelpText('after', examples);
}

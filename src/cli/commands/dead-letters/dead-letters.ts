import type { Command } from 'commander';
import { deadLettersList } from './list.ts';
import { deadLettersReplay } from './replay.ts';
import { deadLettersShow } from './show.ts';

const examples = `
  $ feedpulse dead-letters list --since now-1d
  $ feedpulse dead-letters show posts/0/4711
  $ feedpulse dead-letters replay --reason missing-text
`;

export function deadLettersCommand(command: Command): void {
  for (const create of [deadLettersList, deadLettersShow, deadLettersReplay]) command.addCommand(create());
  command.addHelpText('after', examples);
}

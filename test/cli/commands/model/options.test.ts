import { Command } from 'commander';
import { expect, test } from 'vitest';
import { defineModelCommand } from '../../../../src/cli/commands/model/model.ts';

const shared = ['--config', '--data-dir', '--model', '--log-level'];
const takenBy = (command: Command): (string | undefined)[] => command.options.map(({ long }) => long ?? undefined);

test.each([
  ['list', ['--config', '--data-dir', '--model']],
  ['verify', ['--config', '--data-dir', '--model']],
  ['pull', ['--config', '--data-dir']],
  ['compare', ['--config', '--data-dir', '--log-level']],
])('model %s takes no shared option that it does not read', (name, taken) => {
  const model = new Command('model');
  defineModelCommand(model);
  const command = model.commands.find((one) => one.name() === name);
  expect(shared.filter((option) => command && takenBy(command).includes(option))).toEqual(taken);
});

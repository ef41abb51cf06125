import { Command } from 'commander';
import { modelCompare } from './compare.ts';
import { modelList } from './list.ts';
import { modelPull } from './pull.ts';
import { modelVerify } from './verify.ts';

export function modelCommand(): Command {
  const model = new Command('model').description(
    'models on this machine: what there is, whether it is whole, another one, two side by side',
  );
  for (const create of [modelList, modelVerify, modelPull, modelCompare]) model.addCommand(create().exitOverride());
  return model;
}

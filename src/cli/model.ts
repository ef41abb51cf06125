import { Command } from 'commander';
import { modelCompare } from './model-compare.ts';
import { modelList } from './model-list.ts';
import { modelPull } from './model-pull.ts';
import { modelVerify } from './model-verify.ts';

export function modelCommand(): Command {
  const model = new Command('model').description(
    'models on this machine: what there is, whether it is whole, another one, two side by side',
  );
  for (const create of [modelList, modelVerify, modelPull, modelCompare]) model.addCommand(create().exitOverride());
  return model;
}

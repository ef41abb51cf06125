import { existsSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Config } from '../config/schema.ts';
import { isPartialDownload } from '../infer/model/hub/pull-model.ts';
import { bundledModelPath, type ModelInfo, readModel } from '../infer/model/model.ts';
import { asError } from '../lib/errors.ts';

/** A model on this machine. If its manifest cannot be read, `problem` is set instead of `model`. */
export interface KnownModel {
  readonly where: 'bundled' | 'installed' | 'configured';
  readonly folder: string;
  /** Whether `run` with the same config uses it. */
  readonly runs: boolean;
  readonly model?: ModelInfo;
  readonly problem?: string;
}

/** Parent folder of the models that `model pull` installs. */
export const modelsFolder = (config: Config): string => resolve(config.dataDir, 'models');

/** Folder of the model that the config selects. */
export const runningFolder = (config: Config): string => resolve(config.model.path ?? bundledModelPath);

/** Lists the bundled model, the installed ones, and that of `model.path` if it is another. Does not verify their files. */
export async function findModels(config: Config): Promise<KnownModel[]> {
  const running = await realFolder(runningFolder(config));
  const installed = await installedFolders(modelsFolder(config));
  const known = [
    { where: 'bundled' as const, folder: await realFolder(bundledModelPath) },
    ...(await Promise.all(installed.map(async (folder) => ({ where: 'installed' as const, folder: await realFolder(folder) })))),
  ];
  const all = known.some(({ folder }) => folder === running) ? known : [...known, { where: 'configured' as const, folder: running }];
  return Promise.all(all.map(async (one) => ({ ...one, runs: one.folder === running, ...(await describe(one.folder)) })));
}

/** Resolves a path, or the name of an installed or the bundled model, to a model folder. */
export function folderOf(given: string, config: Config): string {
  const installed = join(modelsFolder(config), given);
  const isName = basename(given) === given;
  if (!isName || existsSync(join(given, 'manifest.json'))) return resolve(given);
  if (existsSync(join(installed, 'manifest.json'))) return installed;
  return given === basename(bundledModelPath) ? bundledModelPath : resolve(given);
}

async function describe(folder: string): Promise<Pick<KnownModel, 'model' | 'problem'>> {
  try {
    return { model: await readModel(folder) };
  } catch (thrown) {
    return { problem: asError(thrown).message };
  }
}

async function installedFolders(parent: string): Promise<string[]> {
  if (!existsSync(parent)) return [];
  const entries = await readdir(parent, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isFile()).map(({ name }) => name);
  return names
    .filter((name) => !name.startsWith('.') && !isPartialDownload(name))
    .sort()
    .map((name) => join(parent, name));
}

/** Resolves symbolic links, so that a folder is listed once. */
function realFolder(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder);
}

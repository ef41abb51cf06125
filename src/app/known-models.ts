import { existsSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Config } from '../config/schema.ts';
import { isPartialDownload } from '../infer/model/hub/pull-model.ts';
import { bundledModelPath, type ModelInfo, readModel } from '../infer/model/model.ts';
import { asError } from '../lib/errors.ts';

/** A model on this machine; without `model` where its manifest can't be read, for the reason in `problem`. */
export interface KnownModel {
  readonly where: 'bundled' | 'installed' | 'configured';
  readonly folder: string;
  /** Whether `run` with the same settings scores posts with it. */
  readonly runs: boolean;
  readonly model?: ModelInfo;
  readonly problem?: string;
}

/** Where `model pull` puts models, each in a folder of its name. */
export const modelsFolder = (config: Config): string => resolve(config.dataDir, 'models');

/** The folder of the model that the config names. */
export const runningFolder = (config: Config): string => resolve(config.model.path ?? bundledModelPath);

/** The bundled model, those in the data folder, and the one of `model.path` where it is none of these. Files are not checked. */
export async function findModels(config: Config): Promise<KnownModel[]> {
  const running = await realFolder(runningFolder(config));
  const installed = await installedFolders(modelsFolder(config));
  const found = [
    { where: 'bundled' as const, folder: await realFolder(bundledModelPath) },
    ...(await Promise.all(installed.map(async (folder) => ({ where: 'installed' as const, folder: await realFolder(folder) })))),
  ];
  const all = found.some(({ folder }) => folder === running) ? found : [...found, { where: 'configured' as const, folder: running }];
  return Promise.all(all.map(async (one) => ({ ...one, runs: one.folder === running, ...(await describe(one.folder)) })));
}

/** The folder of a model that is given as a path, or by the name of an installed or of the bundled one. */
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

/** One folder has several paths where links are used. */
function realFolder(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder);
}

import { existsSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Config } from '../config/schema.ts';
import { isPartialDownload } from '../infer/model/hub/pull-model.ts';
import { bundledModelPath, type ModelInfo, readModel } from '../infer/model/model.ts';
import { asError } from '../lib/errors.ts';

/** A model on this machine. If its manifest cannot be read, `problem` is set instead of `model`. */
export interface LocalModel {
  readonly origin: 'bundled' | 'installed' | 'configured';
  readonly dir: string;
  /** Whether `run` with the same config uses it. */
  readonly active: boolean;
  readonly model?: ModelInfo;
  readonly problem?: string;
}

/** Parent directory of the models that `model pull` installs. */
export const modelsDir = (config: Config): string => resolve(config.dataDir, 'models');

/** Directory of the configured model. */
export const configuredModelDir = (config: Config): string => resolve(config.model.path ?? bundledModelPath);

/** Lists the bundled model, the installed ones, and the model at `model.path` if it is not among them. Does not verify their files. */
export async function findLocalModels(config: Config): Promise<LocalModel[]> {
  const configured = await resolveLinks(configuredModelDir(config));
  const installed = await listInstalledDirs(modelsDir(config));
  const known = [
    { origin: 'bundled' as const, dir: await resolveLinks(bundledModelPath) },
    ...(await Promise.all(installed.map(async (dir) => ({ origin: 'installed' as const, dir: await resolveLinks(dir) })))),
  ];
  const all = known.some(({ dir }) => dir === configured) ? known : [...known, { origin: 'configured' as const, dir: configured }];
  return Promise.all(all.map(async (model) => ({ ...model, active: model.dir === configured, ...(await readModelInfo(model.dir)) })));
}

/** Resolves a path, or the name of an installed model or the bundled one, to a model directory. */
export function resolveModelDir(nameOrPath: string, config: Config): string {
  const installed = join(modelsDir(config), nameOrPath);
  const isName = basename(nameOrPath) === nameOrPath;
  if (!isName || existsSync(join(nameOrPath, 'manifest.json'))) return resolve(nameOrPath);
  if (existsSync(join(installed, 'manifest.json'))) return installed;
  return nameOrPath === basename(bundledModelPath) ? bundledModelPath : resolve(nameOrPath);
}

async function readModelInfo(dir: string): Promise<Pick<LocalModel, 'model' | 'problem'>> {
  try {
    return { model: await readModel(dir) };
  } catch (thrown) {
    return { problem: asError(thrown).message };
  }
}

async function listInstalledDirs(parent: string): Promise<string[]> {
  if (!existsSync(parent)) return [];
  const entries = await readdir(parent, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isFile()).map(({ name }) => name);
  return names
    .filter((name) => !name.startsWith('.') && !isPartialDownload(name))
    .sort()
    .map((name) => join(parent, name));
}

/** Resolves symbolic links, so that a model is listed once. */
function resolveLinks(dir: string): Promise<string> {
  return realpath(dir).catch(() => dir);
}

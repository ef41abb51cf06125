import { existsSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { ScoringModel } from '../analytics/calibration/calibrations.ts';
import type { Config } from '../config/schema.ts';
import { type ActiveModel, assignLanguages, type ModelChoice, readChoice } from '../infer/loaded-model.ts';
import { isPartialDownload } from '../infer/model/hub/pull-model.ts';
import { bundledModelPath, bundledModelPaths, type ModelInfo, readModel } from '../infer/model/model.ts';
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

/** The configured models in the order of preference; the bundled English one without any. */
export function configuredModels(config: Config): readonly [ModelChoice, ...ModelChoice[]] {
  const [first, ...rest] = config.models ?? [];
  const resolveChoice = ({ path, languages }: { path: string; languages?: string[] | undefined }): ModelChoice => ({
    path: resolveModelDir(path, config),
    ...(languages && { languages }),
  });
  if (first) return [resolveChoice(first), ...rest.map(resolveChoice)];
  return [{ path: config.model.path === undefined ? bundledModelPath : resolve(config.model.path) }];
}

/** Reads the manifests of the configured models without verifying their files. @throws MODEL_MISSING, MODEL_CORRUPT or CONFIG_INVALID */
export async function readActiveModels(config: Config): Promise<ActiveModel[]> {
  return assignLanguages(await Promise.all(configuredModels(config).map((choice) => readChoice(choice, readModel))));
}

/** The models with their known errors; with their languages if they are several. */
export const toScoringModels = (models: readonly ActiveModel[]): ScoringModel[] =>
  models.map(({ info: { id, netSentiment }, languages }) => ({ id, netSentiment, ...(models.length > 1 && { languages }) }));

/** Lists the bundled models, the installed ones, and the configured ones that are not among them. Does not verify their files. */
export async function findLocalModels(config: Config): Promise<LocalModel[]> {
  const configured = await Promise.all(configuredModels(config).map(({ path }) => resolveLinks(path)));
  const installed = await listInstalledDirs(modelsDir(config));
  const known = [
    ...(await Promise.all(bundledModelPaths.map(async (dir) => ({ origin: 'bundled' as const, dir: await resolveLinks(dir) })))),
    ...(await Promise.all(installed.map(async (dir) => ({ origin: 'installed' as const, dir: await resolveLinks(dir) })))),
  ];
  const others = configured.filter((dir) => !known.some((model) => model.dir === dir));
  const all = [...known, ...others.map((dir) => ({ origin: 'configured' as const, dir }))];
  return Promise.all(all.map(async (model) => ({ ...model, active: configured.includes(model.dir), ...(await readModelInfo(model.dir)) })));
}

/** Resolves a path, or the name of an installed or a bundled model, to a model directory. */
export function resolveModelDir(nameOrPath: string, config: Config): string {
  const installed = join(modelsDir(config), nameOrPath);
  const isName = basename(nameOrPath) === nameOrPath;
  if (!isName || existsSync(join(nameOrPath, 'manifest.json'))) return resolve(nameOrPath);
  if (existsSync(join(installed, 'manifest.json'))) return installed;
  return bundledModelPaths.find((path) => basename(path) === nameOrPath) ?? resolve(nameOrPath);
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

import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Label, labels } from '../../../domain/post.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { parseJson } from '../../../lib/json.ts';
import { cleaningVersion } from '../../text/clean.ts';
import { areValidLabels, type Manifest, manifestFields, manifestSchema } from '../manifest.ts';
import { modelFiles } from '../model.ts';
import type { FileInfo } from '../verify-file.ts';
import { type Checksums, configFile } from './repository.ts';

/** How a downloaded model is named and used. */
export interface ModelSettings {
  /** Name of the model's directory, and part of the version stored with each score. */
  readonly name: string;
  /** As major.minor.patch; derived from the content if absent. */
  readonly version?: string | undefined;
  /** In the order of the logits; read from config.json if absent. */
  readonly labels?: readonly Label[] | undefined;
  readonly languages: readonly string[];
  /** In tokens; longer posts are truncated. */
  readonly maxLength: number;
}

/**
 * Builds the manifest of a model whose files are in `dir`.
 * @param weights path of the ONNX file in the directory
 * @throws USAGE if the settings are invalid or the labels unknown; HUB_REJECTED if config.json does not describe a text
 * classification model
 */
export async function createManifest(settings: ModelSettings, checksums: Checksums, dir: string, weights: string): Promise<Manifest> {
  const { name, languages, maxLength } = settings;
  const modelLabels = inferLabels(parseJson(await readFile(join(dir, configFile), 'utf8')), settings.labels, maxLength);
  const files: Record<string, FileInfo> = {};
  for (const [file, sha256] of checksums) files[file] = { bytes: (await stat(join(dir, file))).size, sha256 };
  const content = { labels: modelLabels, languages, maxLength, cleaning: cleaningVersion, weights, files };
  // No temperature has been fitted, so logits stay as they are.
  const manifest = { format: 1, name, version: settings.version ?? contentVersion(content), temperature: 1, ...content };
  const parsed = manifestSchema.safeParse(manifest);
  if (parsed.success) return parsed.data;
  throw invalidSettings(parsed.error);
}

/** Checks the settings that need no downloaded file. @throws USAGE */
export function checkSettings(settings: ModelSettings): void {
  const parsed = manifestFields.pick({ name: true, languages: true, maxLength: true }).safeParse(settings);
  if (!parsed.success) throw invalidSettings(parsed.error);
}

function invalidSettings({ issues }: z.ZodError): FeedpulseError {
  return new FeedpulseError('USAGE', `${issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}.`);
}

type ModelContent = Pick<Manifest, 'files' | 'maxLength'> & {
  readonly weights: string;
  readonly labels: readonly Label[];
  readonly languages: readonly string[];
  readonly cleaning: number;
};

/**
 * Version for a model without one: a hash of everything that influences the scores, which are the loaded files and the
 * settings. Other files (license, config.json) are excluded.
 */
export function contentVersion({ files, weights, labels: modelLabels, languages, maxLength, cleaning }: ModelContent): string {
  const hashes = [...Object.values(modelFiles), weights].sort().map((file) => [file, files[file]?.sha256]);
  const hash = createHash('sha256').update(JSON.stringify([hashes, weights, modelLabels, languages, maxLength, cleaning]));
  return `0.0.0-${hash.digest('hex').slice(0, 12)}`;
}

/** The fields of config.json that are used, for a text classification model, as written by Hugging Face's tools. */
const configSchema = z.object({
  id2label: z.record(z.string().regex(/^\d+$/), z.string()).optional(),
  max_position_embeddings: z.int().positive().optional(),
  model_type: z.string().optional(),
});

/** RoBERTa and its relatives number positions from the padding id + 1 = 2, so two positions are never used. */
const modelTypesWithPositionOffset: ReadonlySet<string> = new Set([
  'camembert',
  'data2vec-text',
  'longformer',
  'mpnet',
  'roberta',
  'roberta-prelayernorm',
  'xlm-roberta',
  'xlm-roberta-xl',
  'xmod',
]);

const labelAliases: Readonly<Record<string, Label>> = { neg: 'negative', neu: 'neutral', pos: 'positive' };

/**
 * The label of each logit: `explicitLabels`, or the class names of config.json.
 * @throws USAGE if neither names them, or if the model has fewer than `maxLength` positions; HUB_REJECTED for an invalid
 * config.json
 */
export function inferLabels(config: unknown, explicitLabels: readonly Label[] | undefined, maxLength: number): Label[] {
  const parsed = configSchema.safeParse(config);
  if (!parsed.success) throw new FeedpulseError('HUB_REJECTED', 'config.json does not describe a text classification model.');
  const { id2label = {}, max_position_embeddings: positions = Number.POSITIVE_INFINITY, model_type: modelType = '' } = parsed.data;
  const limit = positions - (modelTypesWithPositionOffset.has(modelType) ? 2 : 0);
  if (limit < maxLength) throw new FeedpulseError('USAGE', `\`maxLength\` must be at most ${limit} for this model.`);
  const names = Object.entries(id2label)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, name]) => name.toLowerCase());
  if (explicitLabels) {
    const isSameSize = names.length === 0 || names.length === explicitLabels.length;
    if (!isSameSize)
      throw new FeedpulseError('USAGE', `The model has ${names.length} classes, but \`labels\` lists ${explicitLabels.length}.`);
    return [...explicitLabels];
  }
  const known = names.flatMap((name) => labels.find((label) => label === name) ?? labelAliases[name] ?? []);
  if (known.length === names.length && areValidLabels(known)) return known;
  throw new FeedpulseError(
    'USAGE',
    `config.json does not say which of ${names.length === 0 ? 'the' : names.length} classes are negative, neutral and positive: list them in order in \`labels\`.`,
  );
}

import { z } from 'zod';
import { type Label, labels } from '../../domain/post.ts';
import { cleaningVersion, plainCleaningVersion } from '../text/clean.ts';

/** Measured on the validation posts; fractions. */
const metrics = z.object({ macroRecall: z.number(), accuracy: z.number(), calibrationError: z.number() });

/** Measured on validation posts of a language; fractions. */
const languageQuality = z.object({ rows: z.int().positive(), macroRecall: z.number(), macroF1: z.number(), calibrationError: z.number() });

const cleaningVersions = { english: cleaningVersion, plain: plainCleaningVersion } as const;
/** `english` repairs English words and names emoji in English; `plain` knows no language. */
export type CleaningProfile = keyof typeof cleaningVersions;

const namedCleaning = z.strictObject({ profile: z.enum(['english', 'plain']), version: z.int() });
/** The text cleaning that the model was trained with. A number alone is a version of `english`. */
const cleaning = z
  .union([z.int(), namedCleaning])
  .refine(
    (value) => toNamedCleaning(value).version === cleaningVersions[toNamedCleaning(value).profile],
    `requires a different text cleaning version; this version of feedpulse has ${cleaningVersion} (plain: ${plainCleaningVersion})`,
  );

const toNamedCleaning = (value: number | z.infer<typeof namedCleaning>): z.infer<typeof namedCleaning> =>
  typeof value === 'number' ? { profile: 'english', version: value } : value;

/** The text cleaning of a model. */
export const cleaningProfile = (manifest: Pick<Manifest, 'cleaning'>): CleaningProfile => toNamedCleaning(manifest.cleaning).profile;

/** A relative path with forward slashes that stays inside the model directory. */
const innerPath = z.string().regex(/^(?!.*(?:^|\/)\.\.(?:\/|$))[A-Za-z0-9_.][A-Za-z0-9_./-]*$/);

/** Fields of every manifest. */
export const manifestFields = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/),
  /** `model pull` derives versions such as `0.0.0-<hash prefix>` from the content. */
  version: z.string().regex(/^\d+\.\d+\.\d+(?:-[0-9a-z]+)?$/),
  /** In the order of the logits. `neutral` is optional: docs/decisions/0011-models-from-a-hub.md. */
  labels: z.array(z.enum(labels)).min(2).refine(areValidLabels, 'needs negative and positive, and each label once'),
  /** Primary subtags of the languages that the model was trained on; the first is the default when detection is unsure. */
  languages: z.tuple([z.string().regex(/^[a-z]{2,3}$/)], z.string().regex(/^[a-z]{2,3}$/)),
  /** In tokens, [CLS] and [SEP] included; longer posts are truncated. */
  maxLength: z.int().min(8).max(512),
  cleaning,
  /** Logits are divided by it before the softmax (Guo et al. 2017). */
  temperature: z.number().positive(),
  /** Options of every ONNX Runtime session of the model. */
  session: z
    .object({
      /** Graph optimizers that make this model slower; names as in ONNX Runtime. */
      disabledOptimizers: z.array(z.string().regex(/^\w+$/)).default([]),
    })
    .prefault({}),
  files: z.record(innerPath, z.object({ bytes: z.int().positive(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
  /** What the model gets wrong about net sentiment, see `NetSentimentError`; written by `npm run bench:net-sentiment`. */
  netSentiment: z
    .object({ slope: z.number().min(0.5).max(4), slopeError: z.number().nonnegative(), levelError: z.number().nonnegative() })
    .optional(),
  /** By language. */
  quality: z.record(z.string().regex(/^[a-z]{2,3}$/), languageQuality).optional(),
  figures: z.object({ validationRows: z.int(), fp32: metrics, int8: metrics }).optional(),
});

/** One ONNX file, from token ids to `logits`. */
const wholeGraph = manifestFields.extend({
  format: z.literal(1),
  weights: innerPath.default('onnx/model_quantized.onnx'),
});

/**
 * Two ONNX files: the lower layers, from token ids to `hidden` states and `exit_logits`, and the upper ones, from `hidden` to
 * `logits`. With `exit`, a post leaves after the lower layers if its calibrated confidence there reaches the threshold
 * (BranchyNet, Teerapittayanon et al. 2016).
 */
const splitGraph = manifestFields.extend({
  format: z.literal(2),
  graph: z.object({
    lower: innerPath,
    upper: innerPath,
    exit: z.object({ threshold: z.number().positive().max(1), temperature: z.number().positive() }).optional(),
  }),
});

/** manifest.json of a model directory, written by training/release/package_model.py or by `model pull`. */
export const manifestSchema = z.discriminatedUnion('format', [wholeGraph, splitGraph]);

export function areValidLabels(modelLabels: readonly Label[]): boolean {
  return modelLabels.includes('negative') && modelLabels.includes('positive') && new Set(modelLabels).size === modelLabels.length;
}

export type Manifest = z.infer<typeof manifestSchema>;

/** The ONNX files that a manifest names, in the order in which they run. */
export function onnxFiles(manifest: Manifest): string[] {
  return manifest.format === 1 ? [manifest.weights] : [manifest.graph.lower, manifest.graph.upper];
}

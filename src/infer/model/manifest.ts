import { z } from 'zod';
import { type Label, labels } from '../../domain/post.ts';
import { cleaningVersion } from '../text/clean.ts';

/** Fractions, on the validation posts. */
const figures = z.object({ macroRecall: z.number(), accuracy: z.number(), calibrationError: z.number() });

/** A path inside the model folder: relative, with forward slashes, never upwards. */
const innerPath = z.string().regex(/^(?!.*(?:^|\/)\.\.(?:\/|$))[A-Za-z0-9_.][A-Za-z0-9_./-]*$/);

/** What a model folder says of itself, in manifest.json; written by training/package_model.py. */
export const manifestSchema = z.object({
  format: z.literal(1),
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/),
  /** What `model pull` made up for a model without one ends in a part of its checksums. */
  version: z.string().regex(/^\d+\.\d+\.\d+(?:-[0-9a-z]+)?$/),
  /** In the order of the logits. A model may know no `neutral`: docs/decisions/0011-models-from-a-hub.md. */
  labels: z.array(z.enum(labels)).min(2).refine(isWholeScale, 'needs negative and positive, and each label once'),
  /** Primary subtags of the languages the model was trained on; the first is taken where detection can't tell. */
  languages: z.tuple([z.string().regex(/^[a-z]{2,3}$/)], z.string().regex(/^[a-z]{2,3}$/)),
  /** Tokens, [CLS] and [SEP] included; longer posts are cut. */
  maxLength: z.int().min(8).max(512),
  cleaning: z.literal(cleaningVersion, `the model needs another text clean-up; this program has version ${cleaningVersion}`),
  /** Logits are divided by it before the softmax (Guo et al. 2017). */
  temperature: z.number().positive(),
  /** The ONNX file that runs. */
  weights: innerPath.default('onnx/model_quantized.onnx'),
  files: z.record(innerPath, z.object({ bytes: z.int().positive(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
  figures: z.object({ validationRows: z.int(), fp32: figures, int8: figures }).optional(),
});

export function isWholeScale(given: readonly Label[]): boolean {
  return given.includes('negative') && given.includes('positive') && new Set(given).size === given.length;
}

export type Manifest = z.infer<typeof manifestSchema>;

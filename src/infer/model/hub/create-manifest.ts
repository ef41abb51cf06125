import { z } from 'zod';
import { type Label, labels } from '../../../domain/post.ts';
import { FeedpulseError } from '../../../lib/errors.ts';
import { isWholeScale } from '../manifest.ts';

/** What is of use in the config.json of a model for text classification, as Hugging Face's tools write it. */
const configSchema = z.object({
  id2label: z.record(z.string().regex(/^\d+$/), z.string()).optional(),
  max_position_embeddings: z.int().positive().optional(),
  model_type: z.string().optional(),
});

/** Kin of RoBERTa count positions from the id of their padding on, which is 1, so that two are never a token's. */
const positionsFromTwo: ReadonlySet<string> = new Set([
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

/** What else labels are called. */
const nicknames: Readonly<Record<string, Label>> = { neg: 'negative', neu: 'neutral', pos: 'positive' };

/**
 * What each logit stands for: `given`, or as config.json names the classes. Throws USAGE where neither says so, or where
 * the model reads fewer than `maxLength` tokens.
 */
export function labelsOf(config: unknown, given: readonly Label[] | undefined, maxLength: number): Label[] {
  const read = configSchema.safeParse(config);
  if (!read.success) throw new FeedpulseError('HUB_REJECTED', 'config.json is not that of a model for text classification.');
  const { id2label = {}, max_position_embeddings: positions = Number.POSITIVE_INFINITY, model_type: kind = '' } = read.data;
  const longest = positions - (positionsFromTwo.has(kind) ? 2 : 0);
  if (longest < maxLength) throw new FeedpulseError('USAGE', `--max-length is at most ${longest} for this model.`);
  const names = Object.entries(id2label)
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([, name]) => name.toLowerCase());
  if (given) {
    const fits = names.length === 0 || names.length === given.length;
    if (!fits) throw new FeedpulseError('USAGE', `The model has ${names.length} classes, and --labels names ${given.length}.`);
    return [...given];
  }
  const known = names.flatMap((name) => labels.find((label) => label === name) ?? nicknames[name] ?? []);
  if (known.length === names.length && isWholeScale(known)) return known;
  const howMany = names.length === 0 ? 'its' : `its ${names.length}`;
  throw new FeedpulseError(
    'USAGE',
    `config.json does not say which of ${howMany} classes are negative, neutral and positive: name each with --labels, in its order.`,
  );
}

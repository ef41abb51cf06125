import { createHash } from 'node:crypto';
import type { Label } from '../../../domain/post.ts';
import type { Manifest } from '../manifest.ts';
import { modelFiles } from '../model.ts';

type Described = Pick<Manifest, 'files' | 'weights' | 'maxLength'> & {
  readonly labels: readonly Label[];
  readonly languages: readonly string[];
  readonly cleaning: number;
};

/**
 * A version for a model that nobody gave one: the same for the same scores. What is read counts, and how it is read, which
 * gives other scores too; a licence beside it does not, nor does config.json once the labels are known.
 */
export function contentVersion({ files, weights, labels, languages, maxLength, cleaning }: Described): string {
  const read = [...Object.values(modelFiles), weights].sort().map((file) => [file, files[file]?.sha256]);
  const identity = createHash('sha256').update(JSON.stringify([read, weights, labels, languages, maxLength, cleaning]));
  return `0.0.0-${identity.digest('hex').slice(0, 12)}`;
}

import type { Label } from '../../domain/post.ts';
import type { ShownPost } from '../api/history.ts';

/** A post as it is after a person has said what it says in truth; null takes that back. */
export function corrected(post: ShownPost, label: Label | null, by: string, now: number): ShownPost {
  const { correction, ...rest } = post;
  const modelLabel = correction?.modelLabel ?? post.label;
  if (label === null) return { ...rest, label: modelLabel };
  return { ...rest, label, correction: { modelLabel, by, at: new Date(now).toISOString(), reason: '' } };
}

/** What a person has said of it; null where it is the model's word that counts. */
export const saidOf = ({ correction, label }: ShownPost): Label | null => (correction && label !== 'unscored' ? label : null);

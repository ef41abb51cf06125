import type { Label } from '../post.ts';
import { element } from './dom.ts';

/** A bar divided by label, good to bad. `name` is what it says to those who do not see it; without one it is decoration. */
export function shareBar(shares: Readonly<Record<Label, number>>, className: string, name?: string): HTMLElement {
  const bar = element('span', `share-bar ${className}`);
  const total = shares.positive + shares.neutral + shares.negative || 1;
  for (const label of ['positive', 'neutral', 'negative'] as const) {
    const part = element('i', `key ${label}`);
    part.style.width = `${(100 * shares[label]) / total}%`;
    bar.append(part);
  }
  if (name === undefined) bar.setAttribute('aria-hidden', 'true');
  else {
    bar.setAttribute('role', 'img');
    bar.setAttribute('aria-label', name);
  }
  return bar;
}

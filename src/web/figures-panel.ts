import type { Summary, Totals } from '../history.ts';
import { byId, element } from './dom.ts';
import { formatCount, formatNet, formatShare } from './format.ts';
import type { Range } from './view-state.ts';

/** Against fewer posts than this, or than this share of the present ones, a change says nothing. */
const fewestToCompare = 30;
const leastShareToCompare = 0.05;

const spans = { '1h': 'hour', '6h': '6 hours', '24h': '24 hours', '7d': '7 days', '30d': '30 days' } as const satisfies Record<
  Range,
  string
>;

/** The cards on top: the range's figures, each with its change against the period of equal length before. */
export function showFigures({ current, previous }: Summary, range: Range | undefined): void {
  const comparable = previous && previous.volume >= Math.max(fewestToCompare, leastShareToCompare * current.volume);
  const before = (comparable && previous) || undefined;
  const net = current.netSentiment;
  byId('figures').replaceChildren(
    card('Net sentiment', formatNet(net), before && points(net, before.netSentiment), toneOf(net)),
    card('Posts', formatCount(current.volume), before && percent(current.volume, before.volume)),
    shareCard('positive', '▲ Positive', current, before),
    shareCard('neutral', '● Neutral', current, before),
    shareCard('negative', '▼ Negative', current, before),
    authorsCard(current, before),
  );
  const span = range ? spans[range] : 'same time';
  byId('compared').textContent = before
    ? `Changes are against the ${span} before. Shares are of the posts that could be scored.`
    : `There is too little from the ${span} before to compare with. Shares are of the posts that could be scored.`;
}

/** Longer ranges have no authors: they would take too long to count. */
function authorsCard({ authors }: Totals, before: Totals | undefined): HTMLElement {
  if (authors === null) return card('Authors', '–', 'up to 8 days only');
  return card('Authors', formatCount(authors), before?.authors ? percent(authors, before.authors) : undefined);
}

const scoredOf = ({ positive, neutral, negative }: Totals): number => positive + neutral + negative;

function shareCard(label: 'positive' | 'neutral' | 'negative', title: string, current: Totals, before: Totals | undefined): HTMLElement {
  const share = (totals: Totals): number | null => (scoredOf(totals) === 0 ? null : (100 * totals[label]) / scoredOf(totals));
  return card(
    title,
    formatShare(current[label], scoredOf(current)),
    before && points(share(current), share(before)),
    scoredOf(current) > 0 ? label : '',
  );
}

function card(title: string, value: string, change: string | undefined, tone = ''): HTMLElement {
  return element('div', `card ${tone}`, element('h2', '', title), element('p', 'value', value), element('p', 'change', change ?? ''));
}

function points(now: number | null, before: number | null): string {
  if (now === null || before === null) return '';
  const change = Math.round(now) - Math.round(before);
  return change === 0 ? 'unchanged' : `${formatNet(change)} ${Math.abs(change) === 1 ? 'point' : 'points'}`;
}

function percent(now: number, before: number): string {
  if (now >= 10 * before) return `×${Math.round(now / Math.max(1, before))}`;
  const change = Math.round((100 * (now - before)) / before);
  return change === 0 ? 'unchanged' : `${formatNet(change)} %`;
}

function toneOf(net: number | null): string {
  if (net === null || Math.abs(net) < 3) return '';
  return net > 0 ? 'positive' : 'negative';
}

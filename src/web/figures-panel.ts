import type { Summary, Totals } from '../history.ts';
import { byId, element } from './dom.ts';
import { formatCount, formatNet, formatShare } from './format.ts';

/** Against fewer posts, a change says nothing. */
const fewestToCompare = 30;

const scoredOf = ({ positive, neutral, negative }: Totals): number => positive + neutral + negative;

/** The cards on top: the range's figures, each with its change against the period of equal length before. */
export function showFigures({ current, previous }: Summary): void {
  const had = previous.volume >= fewestToCompare;
  const net = current.netSentiment;
  byId('figures').replaceChildren(
    card(
      'Net sentiment',
      formatNet(net),
      had && net !== null && previous.netSentiment !== null ? points(net - previous.netSentiment) : noHistory(),
      toneOf(net),
    ),
    card('Posts', formatCount(current.volume), had ? percent(current.volume, previous.volume) : noHistory()),
    shareCard('positive', '▲', current, previous),
    shareCard('neutral', '●', current, previous),
    shareCard('negative', '▼', current, previous),
    card('Authors', formatCount(current.authors), had ? percent(current.authors, previous.authors) : noHistory()),
  );
}

function shareCard(label: 'positive' | 'neutral' | 'negative', mark: string, current: Totals, previous: Totals): HTMLElement {
  const [now, before] = [current, previous].map((totals) => (100 * totals[label]) / Math.max(1, scoredOf(totals))) as [number, number];
  const change = previous.volume >= fewestToCompare ? points(now - before) : noHistory();
  return card(`${mark} ${label}`, formatShare(current[label], scoredOf(current)), change, label);
}

function card(title: string, value: string, change: string, tone = ''): HTMLElement {
  return element('div', `card ${tone}`, element('h3', '', title), element('p', 'value', value), element('p', 'change', change));
}

const noHistory = (): string => 'nothing to compare with yet';

function points(change: number): string {
  const rounded = Math.round(change);
  return rounded === 0 ? 'as before' : `${formatNet(rounded)} points on the period before`;
}

function percent(now: number, before: number): string {
  return `${formatNet((100 * (now - before)) / before)} % on the period before`;
}

function toneOf(net: number | null): string {
  if (net === null || Math.abs(net) < 3) return '';
  return net > 0 ? 'positive' : 'negative';
}

import type { ShownAlert } from './api.ts';
import { byId, element } from './dom.ts';
import { formatClock, formatCount, formatLength, formatNet } from './format.ts';
import type { Span } from './view-state.ts';

const names = { volume: 'volume', netSentiment: 'net sentiment', negativeVolume: 'negative posts', noData: 'posts of anyone' } as const;
const beforeMs = 3 * 3_600_000;
const afterMs = 1_800_000;
const mostShown = 8;

export interface AlertsPanel {
  show(alerts: readonly ShownAlert[], timeZone: string): void;
}

/** What was unusual in the range, what is still on first; a click shows its brand at that time. */
export function createAlertsPanel(look: (brand: string, span: Span) => void): AlertsPanel {
  const section = byId('alerts-panel');
  const list = byId('alerts');
  let drawn = '';
  return {
    show: (alerts, timeZone) => {
      section.hidden = alerts.length === 0;
      const sorted = [...alerts].sort((a, b) => Number(b.resolvedAt === null) - Number(a.resolvedAt === null) || b.at.localeCompare(a.at));
      const shown = sorted.slice(0, mostShown);
      // Drawn anew it would lose the keyboard's focus.
      const content = JSON.stringify([shown, timeZone]);
      if (content === drawn) return;
      drawn = content;
      list.replaceChildren(...shown.map((alert) => alertItem(alert, timeZone, look)));
    },
  };
}

function alertItem(alert: ShownAlert, timeZone: string, look: (brand: string, span: Span) => void): HTMLElement {
  const { brand, at, resolvedAt, verdict, acked, mark } = alert;
  const button = element('button', 'link', element('bdi', '', brand === '*' ? 'All posts' : brand), `: ${words(verdict)}`);
  button.type = 'button';
  const [from, to] = [Date.parse(verdict.from) - beforeMs, Date.parse(verdict.to) + afterMs].map((time) => new Date(time).toISOString());
  button.addEventListener('click', () => look(brand, { from: from ?? '', to: to ?? '' }));
  const lasted = resolvedAt === null ? 'still on' : `for ${formatLength(Date.parse(resolvedAt) - Date.parse(at))}`;
  const said = mark ?? (acked ? `seen by ${acked.by || 'somebody'}` : undefined);
  const facts = [`since ${formatClock(at, timeZone)}`, lasted, `${formatCount(verdict.posts)} posts`, ...(said ? [said] : [])];
  return element('li', resolvedAt === null ? 'on' : '', button, element('p', 'quiet', facts.join(' · ')));
}

function words({ what, direction, observed, expected }: ShownAlert['verdict']): string {
  if (what === 'noData') return 'no post of anyone arrived';
  const value = what === 'netSentiment' ? formatNet : formatCount;
  const verb = direction === 'up' ? 'rose' : 'fell';
  return `${names[what]} ${verb} to ${value(Math.round(observed))}, ${value(Math.round(expected))} expected`;
}

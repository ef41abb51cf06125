import type { Status } from '../status.ts';
import { type Brand, fetchBrands, fetchSummary, fetchTrends, listen } from './api.ts';
import { brandTitle, showBrands } from './brands-panel.ts';
import { createCharts } from './charts.ts';
import { byId, element } from './dom.ts';
import { showFigures } from './figures-panel.ts';
import { createLivePanel } from './live-panel.ts';
import { type Range, ranges, readViewState, type ViewState, writeViewState } from './view-state.ts';

const refreshMs = 3_000;

const charts = createCharts();
const livePanel = createLivePanel();
let view: ViewState = readViewState();
let loading = new AbortController();

function choose(change: Partial<ViewState>): void {
  view = { ...view, ...change };
  writeViewState(view);
  livePanel.show(view.brand);
  showRanges();
  void refresh();
}

/** Loads what is looked at and draws it in one go; a later choice cancels an earlier load. */
async function refresh(): Promise<void> {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  const { brand, range } = view;
  try {
    const brands = await fetchBrands(range, signal);
    const timeZone = timeZoneOf(brands, brand);
    const [summary, trends] = await Promise.all([fetchSummary(brand, range, signal), fetchTrends(brand, range, timeZone, signal)]);
    showBrands(brands, brand, (name) => choose({ brand: name }));
    showFigures(summary);
    charts.show(trends, timeZone);
    document.title = `${brandTitle(brand)} · feedpulse`;
    document.body.classList.add('loaded');
    notice(trends.buckets.length === 0 ? `No posts about ${brandTitle(brand).toLowerCase()} in this range yet.` : '');
    byId('facts').dataset['timeZone'] = timeZone;
  } catch (thrown) {
    if (!signal.aborted) notice(`The history cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)} Trying again.`);
  }
}

/** All posts are shown in the viewer's zone, a brand in its own. */
function timeZoneOf(brands: readonly Brand[], brand: string): string {
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return brand === '*' ? local : (brands.find(({ brand: name }) => name === brand)?.timezone ?? local);
}

function notice(text: string): void {
  const line = byId('notice');
  line.hidden = text === '';
  if (line.textContent !== text) line.textContent = text;
}

function showRanges(): void {
  const frame = byId('ranges');
  frame.querySelectorAll('label').forEach((label) => void label.remove());
  frame.append(...ranges.map(rangeChoice));
}

function rangeChoice(range: Range): HTMLElement {
  const input = element('input');
  input.type = 'radio';
  input.name = 'range';
  input.value = range;
  input.checked = range === view.range;
  input.addEventListener('change', () => choose({ range }));
  return element('label', '', input, element('span', '', range));
}

function showStatus(status: Status): void {
  const problems = Object.entries(status.parts).filter(([, state]) => state !== 'ok');
  connection(
    status.ready ? 'good' : 'bad',
    status.ready ? `${status.postsPerSecond} posts/s` : problems.map(([part, state]) => `${part}: ${state}`).join('; '),
  );
  byId('facts').textContent =
    `feed: ${status.source} · model: ${status.modelVersion} · times in ${byId('facts').dataset['timeZone'] ?? 'UTC'}`;
}

function connection(state: 'good' | 'bad', words: string): void {
  const line = byId('connection');
  line.dataset['state'] = state;
  const text = line.querySelector('.words');
  if (text) text.textContent = words;
}

byId<HTMLSelectElement>('brand').addEventListener('change', (event) => choose({ brand: (event.target as HTMLSelectElement).value })); // the select it is set on
listen({
  post: (post) => livePanel.add(post),
  status: showStatus,
  connected: (isConnected) => (isConnected ? undefined : connection('bad', 'connection lost, trying again')),
});
livePanel.show(view.brand);
showRanges();
await refresh();
setInterval(() => document.hidden || void refresh(), refreshMs);

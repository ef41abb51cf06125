import { createAlertsPanel } from './alerts-panel.ts';
import {
  type Brand,
  endSession,
  fetchAlerts,
  fetchBrands,
  fetchDrivers,
  fetchEngaging,
  fetchPosts,
  fetchSummary,
  fetchTrends,
  listen,
  SignInNeeded,
} from './api.ts';
import { brandTitle, createBrandsPanel } from './brands-panel.ts';
import { createCharts } from './charts.ts';
import { byId } from './dom.ts';
import { createDriversPanel } from './drivers-panel.ts';
import { createEngagingPanel } from './engaging-panel.ts';
import { showFigures } from './figures-panel.ts';
import { createLivePanel } from './live-panel.ts';
import { createNotices } from './notices.ts';
import { createRangePicker } from './range-picker.ts';
import { createSignIn } from './sign-in.ts';
import { showLost, showStatus } from './status-line.ts';
import { readViewState, spanOf, type ViewState, writeViewState } from './view-state.ts';

const refreshMs = 3_000;
/** What reads posts takes longer than what reads figures, and changes more slowly. */
const slowRefreshMs = 30_000;
const postsAtFirst = 20;

const charts = createCharts();
const livePanel = createLivePanel();
const brandsPanel = createBrandsPanel((brand) => choose({ ...view, brand }));
const rangePicker = createRangePicker((range) => choose({ brand: view.brand, range }));
const driversPanel = createDriversPanel();
const engagingPanel = createEngagingPanel(() => void readPosts(loading.signal));
const alertsPanel = createAlertsPanel((brand, span) => choose({ ...view, brand, span }));
const notices = createNotices();
const signIn = createSignIn();
let view: ViewState = readViewState();
let loading = new AbortController();

function choose(next: ViewState): void {
  look(next);
  writeViewState(view, 'step');
}

/** Turns to another view: empties what belongs to the last one, and loads. */
function look(next: ViewState): void {
  view = next;
  notices.reset();
  rangePicker.show(view);
  livePanel.show(view.brand);
  loading.abort();
  loading = new AbortController();
  void loadPosts(view.brand, loading.signal);
  void keepFresh(loading.signal, refresh, refreshMs);
  void keepFresh(loading.signal, readPosts, slowRefreshMs);
}

/** Loads what is looked at, again and again, each time some seconds after the last load has ended. */
async function keepFresh(signal: AbortSignal, load: (signal: AbortSignal) => Promise<void>, pauseMs: number): Promise<void> {
  while (!signal.aborted) {
    if (!document.hidden) await load(signal);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** Loads what stands in the posts themselves: the words that drive the mood, and those that most people reacted to. */
async function readPosts(signal: AbortSignal): Promise<void> {
  const span = spanOf(view);
  const chosen = engagingPanel.choice();
  const engaging = chosen === 'live' ? undefined : fetchEngaging(view.brand, chosen, span, signal);
  const read = [
    fetchDrivers(view.brand, span, signal).then(
      (drivers) => signal.aborted || driversPanel.show(drivers),
      fallback(signal, driversPanel.say),
    ),
    engaging?.then(({ posts }) => signal.aborted || engagingPanel.show(posts), fallback(signal, engagingPanel.say)),
  ];
  await Promise.all(read);
}

/** The figures are asked for at the same time, and say what is wrong on the whole. */
const fallback =
  (signal: AbortSignal, say: (why: string) => void) =>
  (thrown: unknown): void => {
    if (!signal.aborted) say(thrown instanceof Error ? thrown.message : String(thrown));
  };

/** Loads the figures and draws them in one go. */
async function refresh(signal: AbortSignal): Promise<void> {
  try {
    const brands = await fetchBrands(spanOf(view), signal);
    if (!brands.some(({ brand }) => brand === view.brand)) {
      // An old link, or a brand that has left the config.
      view = { ...view, brand: '*' };
      writeViewState(view, 'replace');
      livePanel.show('*');
    }
    const { brand, range } = view;
    const span = spanOf(view);
    const timeZone = timeZoneOf(brands, brand);
    const [summary, trends, { alerts }] = await Promise.all([
      fetchSummary(brand, span, signal),
      fetchTrends(brand, span, timeZone, signal),
      fetchAlerts(brand, span, signal),
    ]);
    if (signal.aborted) return;
    brandsPanel.show(brands, brand);
    showFigures(summary, view.span ? undefined : range);
    charts.show(trends, timeZone, brand === '*' ? [] : alerts);
    alertsPanel.show(alerts, timeZone);
    rangePicker.name(view.span, timeZone);
    notices.loaded(trends);
    byId('time-zone').textContent = `Times in ${timeZone.replaceAll('_', ' ')}`;
    document.title = `${brandTitle(brand)} · feedpulse`;
    document.body.classList.add('loaded');
  } catch (thrown) {
    if (signal.aborted) return;
    if (thrown instanceof SignInNeeded) await lookAfterSignIn();
    else notices.failed(thrown instanceof Error ? thrown : new Error(String(thrown)));
  }
}

async function lookAfterSignIn(): Promise<void> {
  await signIn.ask();
  look(view);
}

/** The newest posts of the history, so that the list is not empty until the next one comes. */
async function loadPosts(brand: string, signal: AbortSignal): Promise<void> {
  // The figures are read from the same place, and say so when it fails.
  const { posts } = await fetchPosts(brand, postsAtFirst, signal).catch(() => ({ posts: [] }));
  if (!signal.aborted) livePanel.add(posts);
}

/** All posts are shown in the viewer's zone, a brand in its own. */
function timeZoneOf(brands: readonly Brand[], brand: string): string {
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return brand === '*' ? local : (brands.find(({ brand: name }) => name === brand)?.timezone ?? local);
}

/** What was shown goes with the session. */
async function signOut(): Promise<void> {
  await endSession().catch(() => {});
  location.reload();
}

async function start(): Promise<void> {
  await signIn.begin();
  const lost = async (): Promise<void> => {
    if (!signIn.isShown()) showLost();
    await signIn.settled();
  };
  listen({ post: (post) => post.deleted || livePanel.add([post]), status: showStatus, lost });
  window.addEventListener('popstate', () => look(readViewState()));
  look(view);
}

byId('sign-out').addEventListener('click', () => void signOut());
void start();

import { type Brand, endSession, fetchBrands, fetchPosts, fetchSummary, fetchTrends, listen, SignInNeeded } from './api.ts';
import { brandTitle, createBrandsPanel } from './brands-panel.ts';
import { createCharts } from './charts.ts';
import { byId } from './dom.ts';
import { showFigures } from './figures-panel.ts';
import { createLivePanel } from './live-panel.ts';
import { createNotices } from './notices.ts';
import { createRangePicker } from './range-picker.ts';
import { createSignIn } from './sign-in.ts';
import { showLost, showStatus } from './status-line.ts';
import { readViewState, spanOf, type ViewState, writeViewState } from './view-state.ts';

const refreshMs = 3_000;
const postsAtFirst = 20;

const charts = createCharts();
const livePanel = createLivePanel();
const brandsPanel = createBrandsPanel((brand) => choose({ ...view, brand }));
const rangePicker = createRangePicker((range) => choose({ brand: view.brand, range }));
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
  void keepFresh(loading.signal);
}

/** Loads what is looked at, again and again, each time some seconds after the last load has ended. */
async function keepFresh(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (!document.hidden) await refresh(signal);
    await new Promise((resolve) => setTimeout(resolve, refreshMs));
  }
}

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
    const [summary, trends] = await Promise.all([fetchSummary(brand, span, signal), fetchTrends(brand, span, timeZone, signal)]);
    if (signal.aborted) return;
    brandsPanel.show(brands, brand);
    showFigures(summary, view.span ? undefined : range);
    charts.show(trends, timeZone);
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

import type { ComponentChildren, FunctionComponent } from 'preact';
import { useEffect, useErrorBoundary } from 'preact/hooks';
import { BrandPicker } from './components/brand-picker.tsx';
import { Notices } from './components/notices.tsx';
import { RangePicker } from './components/range-picker.tsx';
import { ShareLink } from './components/share-link.tsx';
import { Sidebar } from './components/sidebar.tsx';
import { SignIn } from './components/sign-in.tsx';
import { ZonePicker } from './components/zone-picker.tsx';
import { describeRange } from './export-png.ts';
import { Alerts } from './pages/alerts.tsx';
import { Calibrate } from './pages/calibrate.tsx';
import { Compare } from './pages/compare.tsx';
import { Health } from './pages/health.tsx';
import { Incident } from './pages/incident.tsx';
import { Live } from './pages/live.tsx';
import { Overview } from './pages/overview.tsx';
import { Posts } from './pages/posts.tsx';
import { Settings } from './pages/settings.tsx';
import { brandTitle, useBrands } from './state/brands.ts';
import { navigate, view } from './state/router.ts';
import { isSignInNeeded } from './state/session.ts';
import { clearCache } from './state/use-query.ts';
import { type PageName, pageTitles } from './state/view-state.ts';
import { absoluteRange, timeZone } from './state/zone.ts';

const pages: Readonly<Record<PageName, FunctionComponent>> = {
  overview: Overview,
  posts: Posts,
  live: Live,
  compare: Compare,
  alerts: Alerts,
  health: Health,
  calibrate: Calibrate,
  incident: Incident,
  settings: Settings,
};

/** The controls in the header of each page. */
const controlsByPage: Readonly<Record<PageName, readonly ('brand' | 'range' | 'comparePrevious')[]>> = {
  overview: ['brand', 'range', 'comparePrevious'],
  posts: ['brand', 'range'],
  live: ['brand'],
  compare: ['brand', 'range'],
  alerts: ['brand', 'range'],
  health: [],
  calibrate: ['brand'],
  incident: ['range'],
  settings: [],
};

/** The web UI: the sidebar, and the selected page or the sign-in form. */
export function App() {
  return (
    <>
      <a class="skip" href="#view">
        Skip to content
      </a>
      <Sidebar />
      {isSignInNeeded.value ? <SignIn /> : <Main />}
    </>
  );
}

function Main() {
  const { page: name, brands } = view.value;
  const loaded = useBrands();
  const Page = pages[name];
  const title = brands.length > 0 ? brands.map(brandTitle).join(', ') : pageTitles[name];
  useEffect(() => {
    document.title = `${title} · feedpulse`;
  }, [title]);
  return (
    <main id="view" class={loaded.data ? 'loaded' : ''}>
      <header class="controls">
        <h1>{pageTitles[name]}</h1>
        <PrintedSelection page={name} />
        {controlsByPage[name].includes('brand') && <BrandPicker />}
        {controlsByPage[name].includes('range') && <RangePicker />}
        {controlsByPage[name].includes('comparePrevious') && brands.length < 2 && <ComparePrevious />}
        {controlsByPage[name].includes('range') && <ZonePicker />}
        {controlsByPage[name].includes('range') && <ShareLink />}
      </header>
      <Notices />
      <PageBoundary key={name}>
        <Page />
      </PageBoundary>
    </main>
  );
}

/** On paper, what the controls select. */
function PrintedSelection({ page }: { readonly page: PageName }) {
  const { brands } = view.value;
  const hasRange = controlsByPage[page].includes('range');
  return (
    <p class="print-only">
      {brands.length > 0 ? brands.map(brandTitle).join(', ') : 'All posts'}
      {hasRange && ` · ${describeRange(absoluteRange(), timeZone())}`}
    </p>
  );
}

/** Whether charts also show the previous period. */
function ComparePrevious() {
  const { comparePrevious } = view.value;
  return (
    <label class="check">
      <input type="checkbox" checked={comparePrevious} onChange={() => navigate({ comparePrevious: !comparePrevious })} />
      Compare to previous period
    </label>
  );
}

/** An error while rendering a page replaces only that page; the sidebar and the controls still work. */
function PageBoundary({ children }: { readonly children: ComponentChildren }) {
  const [error, retry] = useErrorBoundary((thrown: unknown) => {
    // Makes the error appear in the browser's console.
    reportError(thrown);
    // Otherwise the response that could not be rendered would be shown again from the cache.
    clearCache();
  });
  useEffect(() => {
    if (error !== undefined) retry();
  }, [view.value]);
  if (error === undefined) return <>{children}</>;
  return (
    <div class="panel empty-range" role="alert">
      <h2>This page failed to render</h2>
      <p>Retry, or select another brand or range.</p>
      <button type="button" class="main-button" onClick={retry}>
        Retry
      </button>
    </div>
  );
}

import type { FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';
import { BrandPicker } from './components/brand-picker.tsx';
import { Notices } from './components/notices.tsx';
import { RangePicker } from './components/range-picker.tsx';
import { Rail } from './components/sidebar.tsx';
import { SignIn } from './components/sign-in.tsx';
import { ViewBoundary } from './components/view-boundary.tsx';
import { viewTitles } from './components/view-titles.ts';
import { ZonePicker } from './components/zone-picker.tsx';
import { Alerts } from './pages/alerts.tsx';
import { Compare } from './pages/compare.tsx';
import { Health } from './pages/health.tsx';
import { Live } from './pages/live.tsx';
import { Overview } from './pages/overview.tsx';
import { Posts } from './pages/posts.tsx';
import { brandTitle, useBrands } from './state/brands.ts';
import { go, view } from './state/router.ts';
import { isSignInNeeded } from './state/session.ts';
import type { ViewName } from './state/view-state.ts';

const views: Readonly<Record<ViewName, FunctionComponent>> = {
  overview: Overview,
  posts: Posts,
  live: Live,
  compare: Compare,
  alerts: Alerts,
  health: Health,
};

/** Which controls a view heeds. */
const heeds: Readonly<Record<ViewName, readonly ('brand' | 'range' | 'against')[]>> = {
  overview: ['brand', 'range', 'against'],
  posts: ['brand', 'range'],
  live: ['brand'],
  compare: ['brand', 'range'],
  alerts: ['brand', 'range'],
  health: [],
};

/** The whole page: the way between the views, what is looked at, and the view. */
export function App() {
  return (
    <>
      <a class="skip" href="#view">
        Skip to the figures
      </a>
      <Rail />
      {isSignInNeeded.value ? <SignIn /> : <Main />}
    </>
  );
}

function Main() {
  const { view: name, brands } = view.value;
  const loaded = useBrands();
  const View = views[name];
  const title = brands.length > 0 ? brands.map(brandTitle).join(', ') : viewTitles[name];
  useEffect(() => {
    document.title = `${title} · feedpulse`;
  }, [title]);
  return (
    <main id="view" class={loaded.data ? 'loaded' : ''}>
      <header class="controls">
        <h1>{viewTitles[name]}</h1>
        {heeds[name].includes('brand') && <BrandPicker />}
        {heeds[name].includes('range') && <RangePicker />}
        {heeds[name].includes('against') && brands.length < 2 && <Against />}
        {heeds[name].includes('range') && <ZonePicker />}
      </header>
      <Notices />
      <ViewBoundary key={name}>
        <View />
      </ViewBoundary>
    </main>
  );
}

/** Whether the period before is drawn beside the present one. */
function Against() {
  const { against } = view.value;
  return (
    <label class="check">
      <input type="checkbox" checked={against} onChange={() => go({ against: !against })} />
      period before
    </label>
  );
}

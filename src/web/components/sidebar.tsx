import { formatDecimal } from '../format.ts';
import { view } from '../state/router.ts';
import { hasRole, isSignInNeeded, session, signOut } from '../state/session.ts';
import { connection, status } from '../state/stream.ts';
import { type PageName, pageNames, pageTitles } from '../state/view-state.ts';
import { Icon } from './icons.tsx';
import { ViewLink } from './view-link.tsx';

/** The logo, links to the pages, and the connection status. */
export function Sidebar() {
  return (
    <header class="sidebar">
      <a class="wordmark" href="./" aria-label="feedpulse home">
        <svg viewBox="0 0 32 20" aria-hidden="true">
          <path d="M1 11h7l3-8 5 15 4-11 2 4h9" />
        </svg>
        feedpulse
      </a>
      {!isSignInNeeded.value && (
        <nav aria-label="Pages">
          {pageNames.filter(isListed).map((name) => (
            <PageLink key={name} name={name} />
          ))}
        </nav>
      )}
      <ConnectionStatus />
    </header>
  );
}

/** Pages that other pages lead to are listed only while they are open. */
const isListed = (name: PageName): boolean =>
  name === 'settings' ? hasRole('editor') : !['calibrate', 'incident'].includes(name) || view.value.page === name;

function PageLink({ name }: { readonly name: PageName }) {
  return (
    <ViewLink to={{ page: name, filter: {} }} isCurrent={view.value.page === name}>
      <Icon name={name} />
      <span>{pageTitles[name]}</span>
    </ViewLink>
  );
}

function ConnectionStatus() {
  const { state, text, announcement = text } = describeConnection();
  const now = status.value;
  const { name, role, authRequired, isProxyUser } = session.value ?? { authRequired: false };
  return (
    <div class="sidebar-foot">
      <p class="connection" data-state={state}>
        <i class="dot" />
        <span>{text}</span>
      </p>
      {/* The rate changes every second: screen readers only announce a change of state. */}
      <p class="visually-hidden" role="status">
        {announcement}
      </p>
      {now && !isSignInNeeded.value && (
        <p class="sidebar-detail" title="Model version">
          {now.modelVersion}
        </p>
      )}
      {authRequired && name !== undefined && (
        <p class="sidebar-detail">
          {name} · {role}
        </p>
      )}
      <p class="sidebar-links">
        {!isSignInNeeded.value && (
          <>
            <a href="./api/v1/openapi.json">API</a>
            <a href="./metrics">Metrics</a>
          </>
        )}
        {name !== undefined && !isProxyUser && (
          <button type="button" class="link" onClick={() => void signOut()}>
            Sign out
          </button>
        )}
      </p>
    </div>
  );
}

interface ConnectionText {
  readonly state: 'good' | 'bad' | 'off';
  readonly text: string;
  /** For screen readers, if the text changes every second. */
  readonly announcement?: string;
}

function describeConnection(): ConnectionText {
  if (isSignInNeeded.value) return { state: 'off', text: 'Not signed in' };
  if (connection.value === 'lost') return { state: 'bad', text: 'Connection lost, reconnecting…' };
  const now = status.value;
  if (!now) return { state: 'off', text: 'Connecting…' };
  if (now.sources.length > 0 && now.sources.every(({ state }) => state === 'ended')) return { state: 'off', text: 'Source ended' };
  if (now.ready) {
    const missing = now.sources.flatMap(({ name, issue }) => (issue === null ? [] : name));
    const down = missing.length > 0 ? ` · down: ${missing.join(', ')}` : '';
    const live = `Live · ${formatDecimal(now.postsPerSecond)} posts/s`;
    return { state: now.degraded ? 'bad' : 'good', text: `${live}${down}`, announcement: `Connected${down}` };
  }
  const unhealthy = Object.entries(now.components).filter(([, component]) => component !== 'ok');
  return { state: 'bad', text: unhealthy.map(([name, issue]) => `${name}: ${issue}`).join('; ') || 'Not ready' };
}

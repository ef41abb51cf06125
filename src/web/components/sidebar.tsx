import { formatDecimal } from '../format.ts';
import { go, view } from '../state/router.ts';
import { isSignInNeeded, session, signOut } from '../state/session.ts';
import { connection, status } from '../state/stream.ts';
import { toAddress, type ViewName, viewNames } from '../state/view-state.ts';
import { Icon } from './icons.tsx';
import { viewTitles } from './view-titles.ts';

/** The name, the way between the views, and how the process does. */
export function Rail() {
  return (
    <header class="rail">
      <a class="wordmark" href="/" aria-label="feedpulse, start page">
        <svg viewBox="0 0 32 20" aria-hidden="true">
          <path d="M1 11h7l3-8 5 15 4-11 2 4h9" />
        </svg>
        feedpulse
      </a>
      {!isSignInNeeded.value && (
        <nav aria-label="Views">
          {viewNames.map((name) => (
            <ViewLink key={name} name={name} />
          ))}
        </nav>
      )}
      <State />
    </header>
  );
}

/** A real link, so that a view can be opened beside this one. */
function ViewLink({ name }: { readonly name: ViewName }) {
  const { filter: _, ...rest } = view.value;
  const open = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go({ view: name, filter: {} });
  };
  return (
    <a
      href={toAddress({ ...rest, view: name, filter: {} }) || '/'}
      aria-current={view.value.view === name ? 'page' : undefined}
      onClick={open}
    >
      <Icon name={name} />
      <span>{viewTitles[name]}</span>
    </a>
  );
}

function State() {
  const { state, words } = stateOf();
  const now = status.value;
  const { name, role, required, byProxy } = session.value ?? { required: false };
  return (
    <div class="rail-foot">
      <p class="connection" data-state={state}>
        <i class="dot" />
        <span>{words}</span>
      </p>
      {/* Figures change every second: only a change of state is worth reading out. */}
      <p class="unseen" role="status">
        {state === 'good' ? 'Connected' : words}
      </p>
      {now && !isSignInNeeded.value && (
        <p class="rail-fact" title="The model that scores new posts">
          {now.modelVersion}
        </p>
      )}
      {required && name !== undefined && (
        <p class="rail-fact">
          {name}, {role === 'viewer' ? 'may look only' : role}
        </p>
      )}
      <p class="rail-links">
        <a href="/api/v1/openapi.json">API</a>
        <a href="/metrics">Metrics</a>
        {name !== undefined && !byProxy && (
          <button type="button" class="link" onClick={() => void signOut()}>
            Sign out
          </button>
        )}
      </p>
    </div>
  );
}

function stateOf(): { state: 'good' | 'bad' | 'off'; words: string } {
  if (isSignInNeeded.value) return { state: 'off', words: 'not signed in' };
  if (connection.value === 'lost') return { state: 'bad', words: 'connection lost, trying again' };
  const now = status.value;
  if (!now) return { state: 'off', words: 'connecting' };
  if (now.ready) return { state: 'good', words: `live · ${formatDecimal(now.postsPerSecond)} posts/s` };
  const troubles = Object.entries(now.components).filter(([, part]) => part !== 'ok');
  return { state: 'bad', words: troubles.map(([part, trouble]) => `${part}: ${trouble}`).join('; ') || 'not ready' };
}

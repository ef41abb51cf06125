import type { SessionState } from '../access.ts';
import { fetchSession, openSession } from './api.ts';
import { byId } from './dom.ts';
import { showSignedOut } from './status-line.ts';

export interface SignIn {
  /** At the start: resolves when the figures may be asked for, after a sign-in where one is needed. */
  begin(): Promise<void>;
  /** Shows the form instead of the figures; resolves when the token was right. Many may wait at once. */
  ask(): Promise<void>;
  /** Resolves at once, or when the form that is shown has been answered. */
  settled(): Promise<void>;
  isShown(): boolean;
}

/** The form for a token. The token leaves the page once, for the server; what stays is a cookie that no script can read. */
export function createSignIn(): SignIn {
  const form = byId<HTMLFormElement>('sign-in-form');
  const field = byId<HTMLInputElement>('token');
  const button = byId<HTMLButtonElement>('sign-in-button');
  let asked: { promise: Promise<void>; resolve: () => void } | undefined;

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });

  const submit = async (): Promise<void> => {
    button.disabled = true;
    try {
      const session = await openSession(field.value.trim());
      show(false);
      showCaller(session);
      byId('brand').focus();
      asked?.resolve();
      asked = undefined;
    } catch (thrown) {
      problem(thrown instanceof Error ? thrown.message : String(thrown));
      field.select();
    } finally {
      button.disabled = false;
    }
  };

  const ask = (): Promise<void> => {
    if (asked) return asked.promise;
    let resolve = (): void => {};
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    asked = { promise, resolve };
    show(true);
    showCaller({ required: true });
    showSignedOut();
    field.focus();
    return promise;
  };

  return {
    begin: async () => {
      // A server that does not answer is told by what is loaded next.
      const session = await fetchSession().catch((): SessionState => ({ required: false }));
      showCaller(session);
      if (session.required && session.name === undefined) await ask();
    },
    ask,
    settled: async () => asked?.promise,
    isShown: () => asked !== undefined,
  };
}

/** The field is emptied either way: a token is not left lying in the page. */
function show(shown: boolean): void {
  byId('sign-in').hidden = !shown;
  byId('view').hidden = shown;
  byId<HTMLInputElement>('token').value = '';
  problem('');
}

function problem(text: string): void {
  byId('sign-in-problem').textContent = text;
  byId('token').setAttribute('aria-invalid', String(text !== ''));
}

function showCaller({ name }: SessionState): void {
  const button = byId<HTMLButtonElement>('sign-out');
  button.hidden = name === undefined;
  button.textContent = `Sign out ${name ?? ''}`;
}

import { useEffect, useRef, useState } from 'preact/hooks';
import { errorMessage } from '../api/client.ts';
import { invitationError, signIn } from '../state/session.ts';

/** The sign-in form. The token is sent to the server once; afterwards an HttpOnly cookie identifies the session. */
export function SignIn() {
  const field = useRef<HTMLInputElement>(null);
  const [error, setError] = useState(invitationError.value ?? '');
  const [isBusy, setBusy] = useState(false);
  useEffect(() => field.current?.focus(), []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await signIn(field.current?.value.trim() ?? '');
    } catch (thrown) {
      setError(errorMessage(thrown));
      setBusy(false);
      field.current?.select();
    }
  };
  return (
    <main id="view" class="sign-in" aria-labelledby="sign-in-title">
      <div class="panel">
        <h1 id="sign-in-title">Sign in</h1>
        <form onSubmit={(event) => void submit(event)}>
          <label for="token">API token</label>
          <input
            id="token"
            ref={field}
            type="password"
            autocomplete="current-password"
            autocapitalize="off"
            spellcheck={false}
            maxLength={200}
            required
            aria-invalid={error !== ''}
            aria-describedby="sign-in-help sign-in-problem"
          />
          <p class="problem" id="sign-in-problem" role="alert">
            {error}
          </p>
          <button type="submit" class="main-button" disabled={isBusy}>
            Sign in
          </button>
        </form>
        <p class="quiet" id="sign-in-help">
          Tokens start with <code>fp_</code>. An administrator creates one in the settings, or with <code>feedpulse tokens add</code>.
        </p>
      </div>
    </main>
  );
}

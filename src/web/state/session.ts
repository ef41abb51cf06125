import { signal } from '@preact/signals';
import type { Role, SessionState } from '../../domain/roles.ts';
import { roles } from '../../domain/roles.ts';
import { endSession, fetchSession, openSession } from '../api/session.ts';

/** Undefined until the server has said who looks on. */
export const session = signal<SessionState | undefined>(undefined);
/** While true, the form for a token stands in place of everything. */
export const isSignInNeeded = signal(false);

export async function beginSession(): Promise<void> {
  // A server that does not answer is told by what is loaded next.
  const found = await fetchSession().catch((): SessionState => ({ required: false, role: 'viewer' }));
  session.value = found;
  isSignInNeeded.value = found.required && found.name === undefined;
}

/** The session has ended, or its token was removed. */
export function askForToken(): void {
  session.value = { required: true };
  isSignInNeeded.value = true;
}

/** Rejects with the server's words when it does not know the token. */
export async function signIn(token: string): Promise<void> {
  session.value = await openSession(token);
  isSignInNeeded.value = false;
}

/** What was shown goes with the session. */
export async function signOut(): Promise<void> {
  await endSession().catch(() => {});
  location.reload();
}

/** Whether whoever looks on may do what needs this role. */
export function may(role: Role): boolean {
  const own = session.value?.role;
  return own !== undefined && roles.indexOf(own) >= roles.indexOf(role);
}

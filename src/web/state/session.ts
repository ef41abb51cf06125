import { signal } from '@preact/signals';
import { type Role, roles } from '../../domain/roles.ts';
import type { SessionState } from '../../domain/session.ts';
import { endSession, fetchSession, openSession } from '../api/client.ts';

/** Undefined until the server has answered. */
export const session = signal<SessionState | undefined>(undefined);
/** While true, only the sign-in form is shown. */
export const isSignInNeeded = signal(false);

/** Why the invitation of the URL was rejected. */
export const invitationError = signal<string | undefined>(undefined);

/** @param invitation a token from the link that opened the page */
export async function startSession(invitation?: string): Promise<void> {
  if (invitation !== undefined) {
    const opened = await openSession(invitation).catch(() => undefined);
    if (opened) {
      session.value = opened;
      return;
    }
    invitationError.value = 'This invitation is not valid any more, or the server cannot be reached. Ask for a new link.';
  }
  // If the server cannot be reached, the first query reports it.
  const loaded = await fetchSession().catch((): SessionState => ({ authRequired: false, role: 'viewer' }));
  session.value = loaded;
  isSignInNeeded.value = loaded.authRequired && loaded.name === undefined;
}

/** The session has ended, or its token was removed. */
export function requireSignIn(): void {
  session.value = { authRequired: true };
  isSignInNeeded.value = true;
}

/** Rejects with the server's message if the token is invalid. */
export async function signIn(token: string): Promise<void> {
  session.value = await openSession(token);
  isSignInNeeded.value = false;
}

/** Ends the session and clears the page. */
export async function signOut(): Promise<void> {
  await endSession().catch(() => {});
  location.reload();
}

/** Whether the current user has at least this role. */
export function hasRole(role: Role): boolean {
  const current = session.value?.role;
  return current !== undefined && roles.indexOf(current) >= roles.indexOf(role);
}

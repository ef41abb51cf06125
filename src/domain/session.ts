import type { Role } from './roles.ts';

/** Response of /api/v1/session: whether authentication is required, and the caller's name and role. */
export interface SessionState {
  readonly authRequired: boolean;
  readonly name?: string;
  readonly role?: Role;
  /** Set if a reverse proxy authenticated the caller, so that only the proxy can sign them out. */
  readonly isProxyUser?: true;
}

/** Roles in ascending order: each includes the permissions of those before it. */
export const roles = ['viewer', 'editor', 'admin'] as const;

export type Role = (typeof roles)[number];

/** Response of /api/v1/session: whether authentication is required, and the caller's name and role. */
export interface SessionState {
  readonly required: boolean;
  readonly name?: string;
  readonly role?: Role;
  /** Set if a reverse proxy authenticated the caller, so that only the proxy can sign them out. */
  readonly byProxy?: true;
}

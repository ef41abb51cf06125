/** What a caller may do, least first: each role may do what those before it may. */
export const roles = ['viewer', 'editor', 'admin'] as const;

export type Role = (typeof roles)[number];

/** The answer of /api/v1/session: whether a token is needed here, and what whoever asks may do, under which name. */
export interface SessionState {
  readonly required: boolean;
  readonly name?: string;
  readonly role?: Role;
  /** Set when a reverse proxy has signed in whoever asks: signing out is the proxy's business then. */
  readonly byProxy?: true;
}

/** What a caller may do, least first: each role may do what those before it may. */
export const roles = ['viewer', 'editor', 'admin'] as const;

export type Role = (typeof roles)[number];

/** The answer of /api/v1/session: whether a token is needed here, and what whoever asks may do, under which token's name. */
export interface SessionState {
  readonly required: boolean;
  readonly name?: string;
  readonly role?: Role;
}

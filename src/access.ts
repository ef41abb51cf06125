/** What a caller may do, least first: each role may do what those before it may. */
export const roles = ['viewer', 'editor', 'admin'] as const;

export type Role = (typeof roles)[number];

/** The answer of /api/v1/session: whether a token is needed here, and who asks, where that is known. */
export interface SessionState {
  readonly required: boolean;
  readonly name?: string;
  readonly role?: Role;
}

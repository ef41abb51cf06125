/** Invitations are links with a token in the fragment, which browsers send neither to servers nor as a referrer. */
const pattern = /^#invitation=([\w-]{1,200})$/;

export const hasInvitation = (): boolean => pattern.test(location.hash);

/** Returns the token of the URL, and removes it from the address bar and the history. */
export function takeInvitation(): string | undefined {
  const [, token] = pattern.exec(location.hash) ?? [];
  if (token !== undefined) history.replaceState(null, '', `${location.pathname}${location.search}`);
  return token;
}

export const invitationLink = (token: string): string => new URL(`./#invitation=${token}`, location.href.split(/[?#]/)[0]).href;

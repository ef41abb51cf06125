/** The server wants a token, or the session has ended. */
export class SignInNeeded extends Error {}

/** A query whose absent values are left out, and whose lists are repeated. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export const get = <T>(path: string, query: Query, signal: AbortSignal): Promise<T> => ask<T>(`${path}${toSearch(query)}`, { signal });

export const post = <T>(path: string, body: object): Promise<T> =>
  ask<T>(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

export const remove = (path: string, query: Query = {}): Promise<Response> => send(`${path}${toSearch(query)}`, { method: 'DELETE' });

function toSearch(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const one of typeof value === 'string' ? [value] : (value ?? [])) search.append(name, one);
  return search.size > 0 ? `?${search}` : '';
}

async function send(path: string, options: RequestInit): Promise<Response> {
  const response = await fetch(`/api/v1/${path}`, options).catch((fault: unknown) => {
    throw options.signal?.aborted ? fault : new Error('feedpulse does not answer. Is it still running?');
  });
  if (response.status === 401) throw new SignInNeeded(await problemOf(response));
  if (!response.ok) throw new Error(await problemOf(response));
  return response;
}

async function ask<T>(path: string, options: RequestInit): Promise<T> {
  const response = await send(path, options);
  // The server and this page are built from the same types.
  return (await response.json()) as T;
}

async function problemOf(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => ({}))) as { detail?: string }; // RFC 9457, or nothing of it
  return problem.detail ?? `The server answered ${response.status}.`;
}

import { AsyncLocalStorage } from 'node:async_hooks';

/** What the code that answers a request may want to know about it, without a parameter through every layer. */
export interface RequestScope {
  /** Aborted once the client no longer waits for the response. */
  readonly signal: AbortSignal;
  /** Who is asking: a session, a token, a user or an address. */
  readonly client: string;
}

const storage = new AsyncLocalStorage<RequestScope>();

/** Runs a function and everything that it starts within the scope of a request. */
export const runInRequest = <T>(scope: RequestScope, run: () => T): T => storage.run(scope, run);

/** The request that is being answered; undefined outside of one. */
export const currentRequest = (): RequestScope | undefined => storage.getStore();

/** Runs a function that several requests share the result of, so that it does not end with the first of them. */
export const runOutsideRequest = <T>(run: () => T): T => storage.exit(run);

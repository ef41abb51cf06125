import type { Log } from '../../lib/log.ts';
import { registerApi } from '../routes/api.ts';
import type { ApiDeps } from '../routes/dependencies.ts';
import { createApp } from './create-app.ts';

/** An HTTP-like request. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Includes the query string. */
  readonly path: string;
  readonly body?: object;
}

export interface ApiResponse {
  readonly status: number;
  readonly text: string;
}

/** The API without a server. A process that can open the database is trusted: no authentication, no rate limit. */
export function createInProcessApi(deps: ApiDeps & { readonly log: Log }): (request: ApiRequest) => Promise<ApiResponse> {
  const app = createApp(deps);
  app.decorateRequest('caller', undefined);
  app.addHook('onRequest', async (request) => {
    request.caller = { role: 'admin' };
  });
  registerApi(app, deps);
  return async ({ method, path, body }) => {
    const { statusCode, payload } = await app.inject({ method, url: path, ...(body && { payload: body }) });
    return { status: statusCode, text: payload };
  };
}

import type { Log } from '../../lib/log.ts';
import { type ApiDeps, registerApi } from '../routes/api.ts';
import { createApp } from './create-app.ts';
import { problemHandler } from './problem.ts';

/** A request as HTTP would bring it. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With the query string. */
  readonly path: string;
  readonly body?: object;
}

export interface ApiResponse {
  readonly status: number;
  readonly text: string;
}

/** The API without a server: who may open the database may ask it anything, so there are no guards, tokens and limits. */
export function createInProcessApi(parts: ApiDeps & { readonly log: Log }): (request: ApiRequest) => Promise<ApiResponse> {
  const app = createApp({});
  app.decorateRequest('caller', undefined);
  app.addHook('onRequest', async (request) => {
    request.caller = { role: 'admin' };
  });
  app.setErrorHandler(problemHandler(parts.log));
  registerApi(app, parts);
  return async ({ method, path, body }) => {
    const { statusCode, payload } = await app.inject({ method, url: path, ...(body && { payload: body }) });
    return { status: statusCode, text: payload };
  };
}

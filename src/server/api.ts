import type { FastifyInstance } from 'fastify';
import { registerDriversRoutes } from './drivers-routes.ts';
import { type HistoryParts, registerHistoryRoutes } from './history-routes.ts';
import { registerPostsRoutes } from './posts-routes.ts';

/** What the API answers from: the same over HTTP and in process. */
export type ApiParts = HistoryParts;

/** The questions of the API, on whatever app they are asked: the server's, or one within a command. */
export function registerApi(app: FastifyInstance, parts: ApiParts): void {
  registerHistoryRoutes(app, parts);
  registerPostsRoutes(app, parts);
  registerDriversRoutes(app, parts);
}

import type { FastifyInstance } from 'fastify';
import type { AlertsConfig } from '../alert-config.ts';
import type { Log } from '../log.ts';
import { registerAlertRoutes } from './alert-routes.ts';
import { registerAlertTestRoute } from './alert-test-route.ts';
import { registerBacktestRoute } from './backtest-route.ts';
import { registerCorrectionRoutes } from './correction-routes.ts';
import { registerDriversRoutes } from './drivers-routes.ts';
import { type HistoryParts, registerHistoryRoutes } from './history-routes.ts';
import { registerPostsRoutes } from './posts-routes.ts';
import { registerRescoreRoutes } from './rescore-routes.ts';
import { registerUnusualRoute } from './unusual-route.ts';
import { registerUpkeepRoutes, type UpkeepParts } from './upkeep-routes.ts';

/** What the API answers from: the same over HTTP and in process. */
export interface ApiParts extends HistoryParts {
  readonly upkeep: UpkeepParts;
  readonly log: Log;
  readonly config: { readonly alerts: AlertsConfig };
}

/** The questions of the API, on whatever app they are asked: the server's, or one within a command. */
export function registerApi(app: FastifyInstance, parts: ApiParts): void {
  registerHistoryRoutes(app, parts);
  registerPostsRoutes(app, parts);
  registerDriversRoutes(app, parts);
  registerAlertRoutes(app, parts);
  registerBacktestRoute(app, parts);
  registerAlertTestRoute(app, parts);
  registerUnusualRoute(app, parts);
  registerCorrectionRoutes(app, parts.upkeep);
  registerUpkeepRoutes(app, parts.upkeep);
  registerRescoreRoutes(app, parts);
}

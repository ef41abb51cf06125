import type { FastifyInstance } from 'fastify';
import type { AlertsConfig } from '../../config/alerts.ts';
import type { Log } from '../../lib/log.ts';
import { registerAlertRoutes } from './alerts/alert-routes.ts';
import { registerAlertTestRoute } from './alerts/alert-test-route.ts';
import { registerUnusualRoute } from './alerts/anomalies-route.ts';
import { registerBacktestRoute } from './alerts/backtest-route.ts';
import { registerDriversRoutes } from './drivers-routes.ts';
import { type HistoryParts, registerHistoryRoutes } from './history/history-routes.ts';
import { registerCorrectionRoutes } from './maintenance/correction-routes.ts';
import { registerUpkeepRoutes, type UpkeepParts } from './maintenance/maintenance-routes.ts';
import { registerRescoreRoutes } from './maintenance/rescore-routes.ts';
import { registerPostsRoutes } from './posts/posts-routes.ts';

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

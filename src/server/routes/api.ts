import type { FastifyInstance } from 'fastify';
import type { AlertsConfig } from '../../config/alerts.ts';
import type { Log } from '../../lib/log.ts';
import { registerAlertRoutes } from './alerts/alert-routes.ts';
import { registerAlertTestRoute } from './alerts/alert-test-route.ts';
import { registerAnomaliesRoute } from './alerts/anomalies-route.ts';
import { registerBacktestRoute } from './alerts/backtest-route.ts';
import { registerDriversRoutes } from './drivers-routes.ts';
import { type QueryDeps, registerHistoryRoutes } from './history/history-routes.ts';
import { registerCorrectionRoutes } from './maintenance/correction-routes.ts';
import { type MaintenanceDeps, registerMaintenanceRoutes } from './maintenance/maintenance-routes.ts';
import { registerRescoreRoutes } from './maintenance/rescore-routes.ts';
import { registerPostsRoutes } from './posts/posts-routes.ts';

/** What the API answers from: the same over HTTP and in process. */
export interface ApiDeps extends QueryDeps {
  readonly maintenance: MaintenanceDeps;
  readonly log: Log;
  readonly config: { readonly alerts: AlertsConfig };
}

/** The questions of the API, on whatever app they are asked: the server's, or one within a command. */
export function registerApi(app: FastifyInstance, parts: ApiDeps): void {
  registerHistoryRoutes(app, parts);
  registerPostsRoutes(app, parts);
  registerDriversRoutes(app, parts);
  registerAlertRoutes(app, parts);
  registerBacktestRoute(app, parts);
  registerAlertTestRoute(app, parts);
  registerAnomaliesRoute(app, parts);
  registerCorrectionRoutes(app, parts.maintenance);
  registerMaintenanceRoutes(app, parts.maintenance);
  registerRescoreRoutes(app, parts);
}

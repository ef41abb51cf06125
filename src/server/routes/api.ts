import type { App } from '../http/create-app.ts';
import { registerAlertRoutes, registerChannelTestRoute } from './alerts/alerts.ts';
import { registerAnomaliesRoute } from './alerts/anomalies.ts';
import { registerBacktestRoute } from './alerts/backtest.ts';
import { registerEventRoutes } from './alerts/events.ts';
import { registerIncidentRoutes } from './alerts/incidents.ts';
import { registerSensitivityRoutes } from './alerts/sensitivities.ts';
import { registerCalibrationRoutes } from './calibrations.ts';
import { registerCorrectionRoutes } from './corrections.ts';
import type { ApiDeps } from './dependencies.ts';
import { registerDriversRoute } from './drivers.ts';
import { registerMaintenanceRoutes } from './maintenance.ts';
import { registerMetricsRoutes } from './metrics.ts';
import { registerModelRoutes } from './models.ts';
import { registerPostsRoutes } from './posts.ts';
import { registerSettingsRoutes } from './settings.ts';

/** Routes that need nothing but the database and the config, so that commands can use them in process as well. */
export function registerApi(app: App, deps: ApiDeps): void {
  registerMetricsRoutes(app, deps);
  registerPostsRoutes(app, deps);
  registerDriversRoute(app, deps);
  registerAlertRoutes(app, deps);
  registerEventRoutes(app, deps);
  registerSensitivityRoutes(app, deps);
  registerBacktestRoute(app, deps);
  registerChannelTestRoute(app, deps);
  registerAnomaliesRoute(app, deps);
  registerIncidentRoutes(app, deps);
  registerCalibrationRoutes(app, deps);
  registerCorrectionRoutes(app, deps.maintenance);
  registerMaintenanceRoutes(app, deps.maintenance);
  registerModelRoutes(app, deps);
  registerSettingsRoutes(app, deps);
}

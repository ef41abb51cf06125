import { DashboardBuilder, DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import * as queries from './alert-queries.ts';
import { rows, series } from './clickhouse.ts';
import { stackedBars, stat, table } from './panels.ts';
import { boardLinks, multiSelect, webUiUrl } from './variables.ts';

/** Alerts with their feedback, and failed notifications. */
export function alertsBoard(): DashboardBuilder {
  const list = {
    title: 'Alert history',
    description: 'Observed and expected values, and the deviation z in standard deviations.',
    target: rows(queries.alertTable),
  };
  const link = new DashboardLinkBuilder('Open in feedpulse')
    .targetBlank(true)
    .url('${webUi}/?brand=${__data.fields.brand:percentencode}&from=${__from:date:iso}&to=${__to:date:iso}');
  return new DashboardBuilder('Alerts')
    .uid('feedpulse-alerts')
    .description('Alerts raised by feedpulse, with feedback and notifications.')
    .tags(['feedpulse'])
    .time({ from: 'now-7d', to: 'now' })
    .refresh('1m')
    .timezone('browser')
    .link(boardLinks())
    .withVariable(multiSelect('brand', 'Brand', queries.alertBrands))
    .withVariable(multiSelect('rule', 'Rule', queries.alertRules))
    .withVariable(webUiUrl())
    .withPanel(
      stat({
        title: 'Active alerts',
        description: 'Alerts firing now, whenever they started.',
        target: rows(queries.activeAlerts),
        width: 6,
      }),
    )
    .withPanel(
      stat({ title: 'Alerts', description: 'Alerts that started in the time range.', target: rows(queries.alertsInRange), width: 6 }),
    )
    .withPanel(
      stat({
        title: 'Noise ratio',
        description: 'Share rated noise among the alerts with feedback.',
        target: rows(queries.noiseShare),
        unit: 'percentunit',
        width: 6,
      }).decimals(0),
    )
    .withPanel(
      stat({
        title: 'Undelivered notifications',
        description: 'Being retried, or failed after a day.',
        target: rows(queries.undelivered),
        width: 6,
      }),
    )
    .withPanel(
      stackedBars({
        title: 'Alerts by rule',
        description: 'Alerts by start time.',
        target: series(queries.alertsOverTime),
        width: 14,
      }).interval('1h'),
    )
    .withPanel(
      table({ title: 'Rules', description: 'Alerts, feedback and mean duration by rule.', target: rows(queries.ruleTable), width: 10 }),
    )
    .withPanel(table({ ...list, height: 12 }).overrideByName('brand', [{ id: 'links', value: [link.build()] }]));
}

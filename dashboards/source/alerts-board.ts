import { DashboardBuilder, DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import * as queries from './alert-queries.ts';
import { rows, series } from './clickhouse.ts';
import { figure, stackedBars, table } from './panels.ts';
import { choice, otherBoards, pageAddress } from './variables.ts';

/** What was unusual, what people thought of it, and whether they were told. */
export function alertsBoard(): DashboardBuilder {
  const list = {
    title: 'Alerts',
    description: 'What was observed where what was expected, and how many standard deviations that is off.',
    target: rows(queries.alertTable),
  };
  const window = new DashboardLinkBuilder('Show in feedpulse')
    .targetBlank(true)
    .url('${page}/?brand=${__data.fields.brand:percentencode}&from=${__from:date:iso}&to=${__to:date:iso}');
  return new DashboardBuilder('Alerts')
    .uid('feedpulse-alerts')
    .description('Alerts of feedpulse: when they were on, and what people think of them.')
    .tags(['feedpulse'])
    .time({ from: 'now-7d', to: 'now' })
    .refresh('1m')
    .timezone('browser')
    .link(otherBoards())
    .withVariable(choice('brand', 'Brand', queries.alertBrands))
    .withVariable(choice('rule', 'Rule', queries.alertRules))
    .withVariable(pageAddress())
    .withPanel(figure({ title: 'On now', description: 'Whenever they began.', target: rows(queries.openAlerts), width: 6 }))
    .withPanel(figure({ title: 'Began', description: 'In the range.', target: rows(queries.alertsInRange), width: 6 }))
    .withPanel(
      figure({
        title: 'Noise',
        description: 'Of the alerts that somebody marked as useful or as noise.',
        target: rows(queries.noiseShare),
        unit: 'percentunit',
        width: 6,
      }).decimals(0),
    )
    .withPanel(
      figure({
        title: 'Messages not taken',
        description: 'Still tried again, or given up after a day.',
        target: rows(queries.untoldMessages),
        width: 6,
      }),
    )
    .withPanel(
      stackedBars({ title: 'Alerts by rule', description: 'When they began.', target: series(queries.alertsOverTime), width: 14 }).interval(
        '1h',
      ),
    )
    .withPanel(table({ title: 'Rules', description: 'What people think of them.', target: rows(queries.ruleTable), width: 10 }))
    .withPanel(table({ ...list, height: 12 }).overrideByName('brand', [{ id: 'links', value: [window.build()] }]));
}

import { Command } from 'commander';
import { alertsBacktest } from './alerts-backtest.ts';
import { alertsTest } from './alerts-test.ts';

export function alertsCommand(): Command {
  const alerts = new Command('alerts').description('what would have raised an alert, and whether alerts arrive');
  for (const create of [alertsBacktest, alertsTest]) alerts.addCommand(create().exitOverride());
  return alerts;
}

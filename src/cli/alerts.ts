import { Command } from 'commander';
import { alertsBacktest } from './alerts-backtest.ts';

export function alertsCommand(): Command {
  return new Command('alerts').description('what is unusual, and what would have been').addCommand(alertsBacktest().exitOverride());
}

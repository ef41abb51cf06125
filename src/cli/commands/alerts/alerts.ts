import { Command } from 'commander';
import { alertsAck, alertsMute, alertsShow, alertsUnmute } from './alert-actions.ts';
import { alertsBacktest } from './backtest.ts';
import { alertsList } from './list.ts';
import { alertsTest } from './test.ts';

export function alertsCommand(): Command {
  const alerts = new Command('alerts').description('what was unusual, what would have been, and who is told');
  const commands = [alertsList, alertsShow, alertsAck, alertsMute, alertsUnmute, alertsTest, alertsBacktest];
  for (const create of commands) alerts.addCommand(create().exitOverride());
  return alerts;
}

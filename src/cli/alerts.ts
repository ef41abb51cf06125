import { Command } from 'commander';
import { alertsBacktest } from './alerts-backtest.ts';
import { alertsList } from './alerts-list.ts';
import { alertsAck, alertsMute, alertsShow, alertsUnmute } from './alerts-say.ts';
import { alertsTest } from './alerts-test.ts';

export function alertsCommand(): Command {
  const alerts = new Command('alerts').description('what was unusual, what would have been, and who is told');
  const commands = [alertsList, alertsShow, alertsAck, alertsMute, alertsUnmute, alertsTest, alertsBacktest];
  for (const create of commands) alerts.addCommand(create().exitOverride());
  return alerts;
}

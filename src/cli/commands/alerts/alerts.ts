import type { Command } from 'commander';
import { alertsAck, alertsMute, alertsShow, alertsUnmute } from './alert-actions.ts';
import { alertsBacktest } from './backtest.ts';
import { alertsList } from './list.ts';
import { alertsTest } from './test.ts';

export function alertsCommand(command: Command): void {
  const commands = [alertsList, alertsShow, alertsAck, alertsMute, alertsUnmute, alertsTest, alertsBacktest];
  for (const create of commands) command.addCommand(create());
}

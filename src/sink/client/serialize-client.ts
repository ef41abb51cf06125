import type { ClickHouseClient } from '@clickhouse/client';
import { createSerialQueue } from '../../lib/serial-queue.ts';

/**
 * Sends a client's statements one after the other. An embedded connection runs them so in any case, but those that wait
 * for their turn would each hold a thread of Node's small pool, and the statements of other connections behind them.
 */
export function serializeClient(client: ClickHouseClient): ClickHouseClient {
  const inTurn = createSerialQueue();
  const query = client.query.bind(client);
  const command = client.command.bind(client);
  client.query = (params) => inTurn(() => query(params));
  client.command = (params) => inTurn(() => command(params));
  return client;
}

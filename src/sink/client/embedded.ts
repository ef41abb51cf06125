import { constants } from 'node:fs';
import { access, mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ClickHouseClient, type ClickHouseClientConfigOptions, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { Session } from 'chdb';
import { createChdbConnection } from 'chdb/connection';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import { isProcessAlive } from '../../lib/process-alive.ts';
import { createSerialQueue } from '../../lib/serial-queue.ts';
import type { Connections } from './connection.ts';
import { guardReads, readLimits } from './read-guard.ts';

/**
 * Resource limits of the engine, which shares the process with the model. Its memory as a whole is not limited, since it
 * would count the model's memory as its own and fail inserts; each statement is limited instead.
 */
const engineArguments = [
  '--mark_cache_size=33554432',
  '--primary_index_cache_size=16777216',
  '--index_mark_cache_size=1048576',
  '--query_condition_cache_size=4194304',
  '--compiled_expression_cache_size=8388608',
  '--uncompressed_cache_size=0',
  '--background_pool_size=2',
  '--background_merges_mutations_concurrency_ratio=1',
  '--background_common_pool_size=1',
  '--background_schedule_pool_size=1',
  '--background_move_pool_size=1',
  '--background_fetches_pool_size=1',
  '--max_io_thread_pool_size=4',
  '--max_thread_pool_size=200',
  '--max_thread_pool_free_size=8',
];

/**
 * ClickHouse inside this process, with its data in `folder`/clickhouse. Only one process can open a directory. Each
 * connection runs one statement at a time, so writing, rollups, fast reads and slow reads have a connection each.
 * @throws DATA_DIR_LOCKED if another process has opened the directory, FILE_INACCESSIBLE if it cannot be created.
 */
export async function openEmbedded(folder: string, database: string): Promise<Connections> {
  const path = resolve(join(folder, 'clickhouse'));
  await prepare(path).catch((fault: unknown) => {
    throw new FeedpulseError('FILE_INACCESSIBLE', `cannot use the data directory ${folder}: ${asError(fault).message}`);
  });
  const engine = await startEngine(path, folder);
  const open: ClickHouseClient[] = [];
  const connect = async (settings: Record<string, number>) => {
    const client = serializeClient(createClient({ connection: attach(path), log: { level: ClickHouseLogLevel.OFF } }));
    open.push(client);
    await client.command({ query: `USE ${database}` });
    // In this order: after `readonly` no setting can be changed.
    for (const [name, value] of Object.entries(settings)) await client.command({ query: `SET ${name} = ${value}` });
    return client;
  };
  const close = async () => {
    await Promise.all(open.splice(0).map((client) => client.close()));
    engine.close();
  };
  const connectReader = async () => guardReads(await connect({ ...readLimits, readonly: 1 }));
  try {
    await engine.queryAsync(`CREATE DATABASE IF NOT EXISTS ${database}`);
    return {
      kind: 'embedded',
      writer: await connect({}),
      maintenance: await connect({}),
      reader: await connectReader(),
      heavyReader: await connectReader(),
      close,
    };
  } catch (fault) {
    await close();
    throw new FeedpulseError('DATABASE_REJECTED', `the embedded database did not start: ${asError(fault).message}`);
  }
}

function attach(path: string): NonNullable<ClickHouseClientConfigOptions['connection']> {
  // The client and chDB each declare the same interface, with private members, so the types are not compatible.
  return createChdbConnection({ path }) as unknown as NonNullable<ClickHouseClientConfigOptions['connection']>;
}

async function prepare(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await access(path, constants.R_OK | constants.W_OK);
}

/** Starts the engine with its limits, which take effect only in the first session of a process. */
async function startEngine(path: string, folder: string): Promise<Session> {
  try {
    return new Session(path, { connectionArgs: engineArguments });
  } catch (fault) {
    if (await isOwned(path)) throw new FeedpulseError('DATA_DIR_LOCKED', `another process has ${folder} open`);
    throw new FeedpulseError('DATABASE_REJECTED', `the embedded database did not start in ${folder}: ${asError(fault).message}`);
  }
}

/**
 * Whether the process named in the engine's lock file is alive. Checked only after the engine failed to open the
 * directory: it prints the reason to standard error, but does not throw it.
 */
async function isOwned(path: string): Promise<boolean> {
  const status = await readFile(join(path, 'status'), 'utf8').catch(() => '');
  const pid = Number(/^PID: (\d+)/m.exec(status)?.[1]);
  return pid > 0 && isProcessAlive(pid);
}

/**
 * Sends a client's statements one at a time. An embedded connection runs them so anyway, but each waiting statement would
 * hold a thread of Node's small pool and block the statements of other connections.
 */
function serializeClient(client: ClickHouseClient): ClickHouseClient {
  const inTurn = createSerialQueue();
  const query = client.query.bind(client);
  const command = client.command.bind(client);
  client.query = (params) => inTurn(() => query(params));
  client.command = (params) => inTurn(() => command(params));
  return client;
}

import { constants } from 'node:fs';
import { access, mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ClickHouseClient, type ClickHouseClientConfigOptions, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { Session } from 'chdb';
import { createChdbConnection } from 'chdb/connection';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import { isProcessAlive } from '../../lib/process-alive.ts';
import type { Connections } from './connection.ts';
import { guardReads } from './read-guard.ts';
import { readLimits } from './read-limits.ts';
import { serializeClient } from './serialize-client.ts';

/**
 * What the engine may take beside the model in one process. There is no bound on its memory as a whole: it
 * would count the model's memory as its own and fail inserts; each statement is bounded instead.
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
 * ClickHouse inside this process, in `folder`/clickhouse. An engine belongs to one folder, and a folder to one
 * process; within it each connection runs its statements one after the other, so writing, rollups, figures and
 * slow questions have one each.
 * @throws DATA_DIR_LOCKED when another process has the folder open, FILE_UNREADABLE when it cannot be made.
 */
export async function openEmbedded(folder: string, database: string): Promise<Connections> {
  const path = resolve(join(folder, 'clickhouse'));
  await prepare(path).catch((fault: unknown) => {
    throw new FeedpulseError('FILE_UNREADABLE', `cannot use the data folder ${folder}: ${asError(fault).message}`);
  });
  const engine = await startEngine(path, folder);
  const open: ClickHouseClient[] = [];
  const connect = async (settings: Record<string, number>) => {
    const client = serializeClient(createClient({ connection: attach(path), log: { level: ClickHouseLogLevel.OFF } }));
    open.push(client);
    await client.command({ query: `USE ${database}` });
    // One by one, in order: after `readonly` nothing can be changed any more.
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
      upkeep: await connect({}),
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
  // The client and chDB each carry their own copy of the same interface, private members included.
  return createChdbConnection({ path }) as unknown as NonNullable<ClickHouseClientConfigOptions['connection']>;
}

async function prepare(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await access(path, constants.R_OK | constants.W_OK);
}

/** Boots the engine with its limits: they only take effect with the first session of a process. */
async function startEngine(path: string, folder: string): Promise<Session> {
  try {
    return new Session(path, { connectionArgs: engineArguments });
  } catch (fault) {
    if (await isOwned(path)) throw new FeedpulseError('DATA_DIR_LOCKED', `another process has ${folder} open`);
    throw new FeedpulseError('DATABASE_REJECTED', `the embedded database did not start in ${folder}: ${asError(fault).message}`);
  }
}

/**
 * Whether the process lives that the engine wrote into its lock file. Asked only after the engine refused the
 * folder: it says why on standard error, not in the error that it throws.
 */
async function isOwned(path: string): Promise<boolean> {
  const status = await readFile(join(path, 'status'), 'utf8').catch(() => '');
  const pid = Number(/^PID: (\d+)/m.exec(status)?.[1]);
  return pid > 0 && isProcessAlive(pid);
}

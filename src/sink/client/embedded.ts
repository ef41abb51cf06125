import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ClickHouseClient, type ClickHouseClientConfigOptions, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { Session } from 'chdb';
import { createChdbConnection } from 'chdb/connection';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import { makeDirectories } from '../../lib/make-directories.ts';
import { raiseOpenFileLimit, readOpenFileLimit } from '../../lib/open-file-limit.ts';
import { isProcessAlive } from '../../lib/process-alive.ts';
import { createRequestQueue } from '../../lib/request-queue.ts';
import { moveStandardInput } from '../../lib/standard-input.ts';
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
 * The engine opens a file for each column that it reads or writes. It works with 192, and with 128 it soon fails in the middle
 * of an insert.
 */
const minOpenFiles = 256;

/**
 * ClickHouse inside this process, with its data in `dataDir`/clickhouse. Only one process can open a directory. Each
 * connection runs one statement at a time, so writing, rollups, fast reads and slow reads have a connection each.
 * @throws DATA_DIR_LOCKED if another process has opened the directory, FILE_INACCESSIBLE if it cannot be created, or if
 *   this process may open too few files.
 */
export async function openEmbedded(dataDir: string, database: string): Promise<Connections> {
  checkOpenFileLimit();
  const path = resolve(join(dataDir, 'clickhouse'));
  await ensureDirectory(path).catch((error: unknown) => {
    throw new FeedpulseError('FILE_INACCESSIBLE', `Cannot create or access the data directory ${dataDir}: ${asError(error).message}.`);
  });
  const engine = await startEngine(path, dataDir);
  const open: ClickHouseClient[] = [];
  const connect = async (settings: Record<string, number>) => {
    const client = serializeClient(createClient({ connection: createConnection(path), log: { level: ClickHouseLogLevel.OFF } }));
    open.push(client);
    await client.command({ query: `USE ${database}` });
    // `readonly` comes last: after it no setting can be changed.
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
  } catch (error) {
    await close();
    throw new FeedpulseError('DATABASE_REJECTED', `The embedded database did not start: ${asError(error).message}.`);
  }
}

function createConnection(path: string): NonNullable<ClickHouseClientConfigOptions['connection']> {
  // The client and chDB each declare the same interface, with private members, so the types are not compatible.
  return createChdbConnection({ path }) as unknown as NonNullable<ClickHouseClientConfigOptions['connection']>;
}

function checkOpenFileLimit(): void {
  const limit = readOpenFileLimit();
  if (limit === undefined || limit >= minOpenFiles) return;
  const problem = `This process may open ${limit} files, and the embedded database needs ${minOpenFiles}`;
  throw new FeedpulseError('FILE_INACCESSIBLE', `${problem}: raise the limit ${raiseOpenFileLimit}.`);
}

async function ensureDirectory(path: string): Promise<void> {
  await makeDirectories(path, 0o700);
  await access(path, constants.R_OK | constants.W_OK);
}

/** Starts the engine with its limits, which take effect only in the first session of a process. */
async function startEngine(path: string, dataDir: string): Promise<Session> {
  moveStandardInput();
  try {
    return new Session(path, { connectionArgs: engineArguments });
  } catch (error) {
    if (await isLockHolderAlive(path))
      throw new FeedpulseError('DATA_DIR_LOCKED', `Another process has the data directory ${dataDir} open.`);
    throw new FeedpulseError('DATABASE_REJECTED', `The embedded database did not start in ${dataDir}: ${asError(error).message}.`);
  }
}

/**
 * True if the process named in the engine's lock file is alive. Checked only after the engine failed to open the
 * directory: it prints the reason to standard error, but does not throw it.
 */
async function isLockHolderAlive(path: string): Promise<boolean> {
  const status = await readFile(join(path, 'status'), 'utf8').catch(() => '');
  const pid = Number(/^PID: (\d+)/m.exec(status)?.[1]);
  return pid > 0 && isProcessAlive(pid);
}

/**
 * Sends a client's statements one at a time. An embedded connection runs them so anyway, but each waiting statement would
 * hold a thread of Node's small pool and block the statements of other connections.
 */
function serializeClient(client: ClickHouseClient): ClickHouseClient {
  const enqueue = createRequestQueue();
  const query = client.query.bind(client);
  const command = client.command.bind(client);
  client.query = (params) => enqueue(() => query(params));
  client.command = (params) => enqueue(() => command(params));
  return client;
}

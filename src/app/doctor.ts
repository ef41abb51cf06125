import { access, constants } from 'node:fs/promises';
import { type Config, configuredSources, type SourceConfig } from '../config/schema.ts';
import { loadModel } from '../infer/model/model.ts';
import { describeCpu } from '../infer/workers/describe-cpu.ts';
import { doInt8ProductsSaturate } from '../infer/workers/int8-saturation.ts';
import { asError, FeedpulseError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { makeDirectories } from '../lib/make-directories.ts';
import { openDatabase, readDatabaseVersion } from '../sink/client/connection.ts';
import { checkMessages } from './check-messages.ts';
import { checkSource } from './check-source.ts';
import { checkPort } from './http-frontend.ts';
import { type Instance, readInstance } from './instance-file.ts';
import { checkKafkaRights } from './kafka-rights.ts';
import { configuredModels } from './local-models.ts';

export interface CheckResult {
  readonly component: string;
  readonly detail: string;
  /** Set if the check failed; `detail` is then its message. */
  readonly error?: Error;
}

/** Checks database, model, port and every source of a config. Never rejects: a failed check carries its error. */
export async function runChecks(config: Config, log: Log): Promise<CheckResult[]> {
  const { clickhouse, dataDir, server } = config;
  const instance = clickhouse.url ? undefined : await readInstance(dataDir);
  const results = [
    await check('Node', checkNode),
    await check('data dir', () => checkDataDir(dataDir)),
    await check('CPU', checkCpu),
    ...(await Promise.all(configuredModels(config).map(({ path }) => check('model', () => checkModel(path))))),
    await check('database', () => (instance ? checkInstance(instance) : checkDatabase(config, log))),
  ];
  if (server.enabled && !instance)
    results.push(await check('port', () => checkPort(server).then(() => `${server.host}:${server.port} is free`)));
  const sources = configuredSources(config).filter(({ type }) => type !== 'demo');
  const firstKafka = sources.find(({ type }) => type === 'kafka');
  for (const source of sources) {
    const label = sources.length > 1 ? source.name : labelOf(source);
    const reached = await check(label, () => checkSource(source, log));
    results.push(reached);
    if (source.type !== 'kafka' || reached.error) continue;
    // With an embedded database, no alert leader is elected.
    const alertsTopic = config.alerts.enabled && clickhouse.url && source === firstKafka ? config.alerts.topic : undefined;
    // A process with an embedded database needs the group to itself.
    const maxMembers = clickhouse.url || instance ? undefined : 0;
    const rights = await checkKafkaRights({ kafka: source.kafka, alertsTopic, maxMembers, log }, check);
    results.push(...rights);
    if (rights[0]?.error === undefined) results.push(await check('messages', () => checkMessages(source, config.deadLetters, log)));
  }
  return results;
}

const labelOf = ({ type }: SourceConfig): string => (type === 'kafka' ? 'Kafka' : 'source');

async function check(component: string, work: () => Promise<string>): Promise<CheckResult> {
  try {
    return { component, detail: await work() };
  } catch (thrown) {
    const error = asError(thrown);
    return { component, detail: error.message, error };
  }
}

async function checkNode(): Promise<string> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) throw new Error(`${process.version} is too old: feedpulse requires 20.19 or later.`);
  return `${process.version} (requires 20.19 or later)`;
}

const checkModel = async (dir: string): Promise<string> => `${(await loadModel(dir)).id}, checksums verified`;

async function checkCpu(): Promise<string> {
  const products = (await doInt8ProductsSaturate())
    ? 'int8 products saturate, so the model runs slower, exact ones'
    : 'int8 products are exact';
  return `${await describeCpu()}: ${products}`;
}

async function checkDataDir(dir: string): Promise<string> {
  await makeDirectories(dir);
  await access(dir, constants.W_OK);
  return `${dir} is writable`;
}

/** Only one process can open the embedded database, so its readiness is asked of that process. */
async function checkInstance({ url, token, pid }: Instance): Promise<string> {
  const response = await fetch(`${url}/readyz`, { headers: { authorization: `Bearer ${token}` } }).catch((thrown: unknown) => {
    throw new FeedpulseError('INSTANCE_UNAVAILABLE', `Process ${pid} uses the data directory but does not respond at ${url}.`, {
      cause: thrown,
    });
  });
  if (!response.ok) throw new FeedpulseError('INSTANCE_UNAVAILABLE', `feedpulse at ${url} is not ready: ${await response.text()}.`);
  return `embedded, in use by feedpulse at ${url} (process ${pid}), which is ready`;
}

async function checkDatabase(config: Config, log: Log): Promise<string> {
  const db = await openDatabase({ clickhouse: config.clickhouse, dataDir: config.dataDir, log });
  try {
    return `ClickHouse ${await readDatabaseVersion(db)}, ${db.kind === 'embedded' ? 'embedded' : 'server'}`;
  } finally {
    await db.close();
  }
}

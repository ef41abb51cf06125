import { access, constants, mkdir } from 'node:fs/promises';
import type { Command } from 'commander';
import { checkSource, countPartitions } from '../../app/create-source.ts';
import { checkPort } from '../../app/http-frontend.ts';
import { type Instance, readInstance } from '../../app/instance-file.ts';
import { requireSource } from '../../config/load-config.ts';
import type { Config } from '../../config/schema.ts';
import { bundledModelPath, loadModel } from '../../infer/model/model.ts';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import { createLog, type Log } from '../../lib/log.ts';
import { openDatabase, readDatabaseVersion } from '../../sink/client/connection.ts';
import { errorAdvice } from '../error-advice.ts';
import { type FormatOptions, loadCommandConfig, withFormat, withSharedOptions } from '../options.ts';
import { printableJson } from '../output/escape-terminal.ts';
import { withProgramName } from '../program-name.ts';

interface CheckResult {
  readonly component: string;
  readonly ok: boolean;
  readonly detail: string;
}

export function defineDoctorCommand(command: Command): void {
  withFormat(withSharedOptions(command, ['config', 'dataDir', 'model']), ['table', 'json'])
    .addHelpText('after', '\nExits with code 1 if a check fails.\n\n  $ feedpulse doctor --config feedpulse.yaml\n')
    .action(async (options: FormatOptions) => {
      const results = await checkAll(loadCommandConfig(options), createLog('silent'));
      process.stdout.write(options.format === 'json' ? `${printableJson(results)}\n` : results.map(formatResult).join(''));
      if (results.some(({ ok }) => !ok)) process.exitCode = 1;
    });
}

async function checkAll(config: Config, log: Log): Promise<CheckResult[]> {
  const { clickhouse, dataDir, model, server, source, kafka, ndjson } = config;
  const instance = clickhouse.url ? undefined : await readInstance(dataDir);
  const results = [
    await check('Node', async () => `${process.version} (requires 20.19 or later)`),
    await check('data dir', () => checkDataDir(dataDir)),
    await check('model', async () => `${(await loadModel(model.path ?? bundledModelPath)).id}, checksums verified`),
    await check('database', () => (instance ? checkInstance(instance) : checkDatabase(config, log))),
  ];
  if (server.enabled && !instance)
    results.push(await check('port', () => checkPort(server).then(() => `${server.host}:${server.port} is free`)));
  if (source === 'kafka')
    results.push(await check('Kafka', async () => `topic ${kafka.topic} has ${await countPartitions(kafka, log)} partitions`));
  if (source === 'ndjson')
    results.push(
      await check('source', async () => {
        await checkSource(requireSource(config), log);
        return `${ndjson.path} is readable`;
      }),
    );
  return results;
}

async function check(component: string, work: () => Promise<string>): Promise<CheckResult> {
  try {
    return { component, ok: true, detail: await work() };
  } catch (thrown) {
    const error = asError(thrown);
    return {
      component,
      ok: false,
      detail: error instanceof FeedpulseError ? withProgramName(`${error.message} ${errorAdvice[error.code].hint}`) : error.message,
    };
  }
}

async function checkDataDir(dir: string): Promise<string> {
  await mkdir(dir, { recursive: true });
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

function formatResult({ component, ok, detail }: CheckResult): string {
  return `${ok ? '✓' : '✗'} ${component.padEnd(12)} ${detail}\n`;
}

import { access, constants, mkdir } from 'node:fs/promises';
import { Command } from 'commander';
import type { Config } from '../../config/schema.ts';
import { bundledModelPath, loadModel } from '../../infer/model/model.ts';
import { checkBrokerCertificates, createKafka } from '../../ingest/sources/kafka/client.ts';
import { asKafkaError } from '../../ingest/sources/kafka/kafka-error.ts';
import { asError, FeedpulseError } from '../../lib/errors.ts';
import { createLog, type Log } from '../../lib/log.ts';
import { openDatabase } from '../../sink/client/connection.ts';
import { errorAdvice } from '../exit-codes.ts';
import { configFrom, type SharedOptions, withSharedOptions } from '../options.ts';

interface Finding {
  readonly part: string;
  readonly ok: boolean;
  readonly detail: string;
}

export function doctorCommand(): Command {
  return withSharedOptions(new Command('doctor'))
    .description('look at everything a run needs, and say what is missing and how to get it')
    .option('--json', 'print the findings as one JSON array')
    .action(async (options: SharedOptions & { json?: boolean }) => {
      const findings = await examine(configFrom(options), createLog('silent'));
      process.stdout.write(options.json ? `${JSON.stringify(findings)}\n` : findings.map(line).join(''));
      if (findings.some(({ ok }) => !ok)) process.exitCode = 1;
    });
}

async function examine(config: Config, log: Log): Promise<Finding[]> {
  const findings = [
    await check('Node', async () => `${process.version}, as needed (20.19 or later)`),
    await check('data folder', () => checkFolder(config.dataDir)),
    await check('model', async () => `${(await loadModel(config.model.path ?? bundledModelPath)).id}, every checksum right`),
    await check('database', () => checkDatabase(config, log)),
  ];
  if (config.source === 'kafka') findings.push(await check('Kafka', () => checkKafka(config, log)));
  return findings;
}

async function check(part: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { part, ok: true, detail: await look() };
  } catch (thrown) {
    const error = asError(thrown);
    return {
      part,
      ok: false,
      detail: error instanceof FeedpulseError ? `${error.message} ${errorAdvice[error.code].hint}` : error.message,
    };
  }
}

async function checkFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await access(folder, constants.W_OK);
  return `${folder} can be written`;
}

async function checkDatabase(config: Config, log: Log): Promise<string> {
  const db = await openDatabase({ clickhouse: config.clickhouse, dataDir: config.dataDir, log });
  try {
    const answer = await db.reader.query({ query: 'SELECT version() AS version', format: 'JSONEachRow' });
    const [row] = await answer.json<{ version: string }>();
    return `ClickHouse ${row?.version}, ${db.kind === 'embedded' ? 'embedded' : 'server'}`;
  } finally {
    await db.close();
  }
}

async function checkKafka(config: Config, log: Log): Promise<string> {
  const admin = createKafka(config.kafka, log).admin();
  try {
    await checkBrokerCertificates(config.kafka);
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [config.kafka.topic] });
    return `${config.kafka.topic} has ${topics[0]?.partitions.length ?? 0} partitions`;
  } catch (thrown) {
    throw asKafkaError(thrown, `looking at ${config.kafka.topic}`);
  } finally {
    await admin.disconnect();
  }
}

function line({ part, ok, detail }: Finding): string {
  return `${ok ? '✓' : '✗'} ${part.padEnd(12)} ${detail}\n`;
}

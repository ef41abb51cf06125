import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import kafkajs, { type Admin } from 'kafkajs';
import { freePort } from './free-port.ts';
import { brokerInDocker } from './kafka/broker-in-docker.ts';
import { brokerOnJvm } from './kafka/broker-on-jvm.ts';
import { type KafkaSecurity, scramCommands, securityProtocol, securitySettings } from './kafka/security.ts';

/** A single-node broker, deleted with its data after the tests. */
export interface TestKafka {
  readonly brokers: string[];
  /** The address of a listener from the option `security`. */
  broker(listener: string): string;
  /** Stops it gracefully and deletes its data. */
  stop(): Promise<void>;
  /** Kills it with SIGKILL; its data is kept. */
  kill(): void;
  /** Stalls it: connections stay open without any response until `resume`. */
  pause(): void;
  resume(): void;
  /** After `kill`: starts it with the same data on the same port. Resolves when it is ready. */
  restart(): Promise<void>;
}

/** The broker process: a JVM or a container. */
export interface Broker {
  start(): Promise<void>;
  kill(): void;
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
  /** Runs a Kafka command-line tool by class name. */
  tool(name: string, args: readonly string[]): Promise<void>;
  /** Why it exited on its own; undefined while it runs. */
  exitReason(): string | undefined;
}

export interface KafkaOptions {
  /** Further broker settings, by their names in server.properties. */
  readonly properties?: Readonly<Record<string, string>>;
  /** For tests that kill or stall their broker, or need its topics to themselves. */
  readonly ownBroker?: boolean;
  /** TLS listeners and SASL users. */
  readonly security?: KafkaSecurity;
}

/**
 * A broker for a test file: the one in KAFKA_BROKERS, which the live and fault suites share, unless the test needs its own.
 * A new one starts on free loopback ports, in Docker if it is available and on the JVM otherwise.
 */
export async function startKafka({ properties = {}, security, ownBroker = false }: KafkaOptions = {}): Promise<TestKafka> {
  const running = process.env['KAFKA_BROKERS'];
  if (running && !security && !ownBroker) return sharedKafka(running.split(','));
  const ports = new Map([['PLAINTEXT', await freePort()]]);
  for (const { name } of security?.listeners ?? []) ports.set(name, await freePort());
  const settings = { ...brokerSettings(ports, await freePort(), security), ...properties };
  const broker = (await hasDocker()) ? brokerInDocker(settings, [...ports.values()]) : await brokerOnJvm(settings);
  const address = (listener: string): string => `127.0.0.1:${ports.get(listener) ?? Number.NaN}`;
  const brokers = [address('PLAINTEXT')];
  const start = async (): Promise<void> => {
    await broker.start();
    await waitUntilReady(brokers, broker);
  };
  await start();
  const commands = (security?.users ?? []).flatMap((user) => scramCommands(address('PLAINTEXT'), user));
  await Promise.all(commands.map((command) => broker.tool('kafka.admin.ConfigCommand', command)));
  return { brokers, broker: address, stop: broker.stop, kill: broker.kill, pause: broker.pause, resume: broker.resume, restart: start };
}

function sharedKafka(brokers: string[]): TestKafka {
  const rejectSharedBroker = (): never => {
    throw new Error('This broker is shared: a test that kills or stalls its broker must set `ownBroker`.');
  };
  return {
    brokers,
    broker: rejectSharedBroker,
    stop: async () => {},
    kill: rejectSharedBroker,
    pause: rejectSharedBroker,
    resume: rejectSharedBroker,
    restart: async () => rejectSharedBroker(),
  };
}

/** One node is both broker and controller. Groups form without delay, and short sessions are allowed. */
function brokerSettings(
  ports: ReadonlyMap<string, number>,
  controllerPort: number,
  security: KafkaSecurity = { listeners: [] },
): Record<string, string> {
  const listeners = [...ports].map(([name, port]) => ({ name, port }));
  const protocols = security.listeners.map((listener) => `,${listener.name}:${securityProtocol(listener)}`).join('');
  return {
    'node.id': '1',
    'process.roles': 'broker,controller',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    listeners: [...listeners, { name: 'CONTROLLER', port: controllerPort }].map(({ name, port }) => `${name}://:${port}`).join(','),
    'advertised.listeners': listeners.map(({ name, port }) => `${name}://127.0.0.1:${port}`).join(','),
    'listener.security.protocol.map': `PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT${protocols}`,
    ...(security.listeners.length > 0 ? securitySettings(security) : {}),
    'auto.create.topics.enable': 'false',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    'offsets.topic.num.partitions': '4',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
  };
}

async function hasDocker(): Promise<boolean> {
  return promisify(execFile)('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

const readyTimeoutMs = 90_000;

/** Ready means: metadata is served and a group coordinator is available, so that the first consumer need not wait. */
async function waitUntilReady(brokers: string[], broker: Broker): Promise<void> {
  const deadline = Date.now() + readyTimeoutMs;
  let lastError: unknown;
  while (Date.now() < deadline) {
    const exitReason = broker.exitReason();
    if (exitReason) throw new Error(exitReason);
    try {
      return await checkReady(brokers);
    } catch (thrown) {
      lastError = thrown;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  throw new Error(`Kafka was not ready within ${readyTimeoutMs / 1_000} s.`, { cause: lastError });
}

async function checkReady(brokers: string[]): Promise<void> {
  const client = new kafkajs.Kafka({
    brokers,
    clientId: 'readiness',
    logLevel: kafkajs.logLevel.NOTHING,
    connectionTimeout: 2_000,
    retry: { retries: 0 },
  });
  const admin: Admin = client.admin();
  try {
    await admin.connect();
    await admin.describeCluster();
    await admin.describeGroups(['readiness']);
  } finally {
    await admin.disconnect();
  }
}

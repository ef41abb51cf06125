import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import kafkajs, { type Admin } from 'kafkajs';
import { freePort } from './free-port.ts';
import { brokerInDocker } from './kafka/broker-in-docker.ts';
import { brokerOnJvm } from './kafka/broker-on-jvm.ts';
import { type KafkaSecurity, scramCommands, securityProtocol, securitySettings } from './kafka/security.ts';

/** A real broker of one node; nothing in it outlives the test. */
export interface TestKafka {
  readonly brokers: string[];
  /** The address of a listener of the option `security`. */
  broker(listener: string): string;
  /** Ends it in an orderly way and removes its data. */
  stop(): Promise<void>;
  /** Ends it at once, as a power cut would; its data stay. */
  kill(): void;
  /** Stalls it: connections stay open and nothing is answered until `resume`. */
  pause(): void;
  resume(): void;
  /** After `kill`: the same data on the same port again. Resolves when it is ready. */
  restart(): Promise<void>;
}

/** What runs the broker: a JVM, a container. */
export interface Broker {
  start(): Promise<void>;
  kill(): void;
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
  /** Runs a command of Kafka's own, by the name of its class. */
  tool(name: string, args: readonly string[]): Promise<void>;
  /** Why it is not running, once it has ended by itself. */
  exitReason(): string | undefined;
}

export interface KafkaOptions {
  /** Further broker settings, by their names in server.properties. */
  readonly properties?: Readonly<Record<string, string>>;
  /** For tests that kill or stall their broker, or need its topics to themselves. */
  readonly ownBroker?: boolean;
  /** Listeners with TLS, and who may log in. */
  readonly security?: KafkaSecurity;
}

/**
 * A broker for a test file: the running one that KAFKA_BROKERS names, which the live and fault suites share, unless the
 * test needs its own. That one starts on free loopback ports, in Docker if an engine answers and on the JVM otherwise.
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
  const refuse = (): never => {
    throw new Error('This broker is shared: a test that kills or stalls its broker asks for one with `ownBroker`.');
  };
  return { brokers, broker: refuse, stop: async () => {}, kill: refuse, pause: refuse, resume: refuse, restart: async () => refuse() };
}

/** One node is broker and controller at once. Groups form at once, and short sessions are allowed. */
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

/** Ready means: metadata are served and a group coordinator is found, so that the first consumer need not wait. */
async function waitUntilReady(brokers: string[], broker: Broker): Promise<void> {
  const deadline = Date.now() + readyTimeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    const trouble = broker.exitReason();
    if (trouble) throw new Error(trouble);
    try {
      return await checkReady(brokers);
    } catch (thrown) {
      last = thrown;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  throw new Error(`Kafka was not ready within ${readyTimeoutMs / 1_000} s.`, { cause: last });
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

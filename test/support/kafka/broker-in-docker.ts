import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import type { Broker } from '../kafka.ts';

const image = 'apache/kafka:3.9.1';
const docker = async (...args: string[]): Promise<string> => (await promisify(execFile)('docker', args)).stdout.trim();

/** A broker in a container that publishes `ports` on the loopback interface. The image takes settings as KAFKA_… */
export function brokerInDocker(settings: Readonly<Record<string, string>>, ports: readonly number[]): Broker {
  const published = ports.flatMap((port) => ['--publish', `127.0.0.1:${port}:${port}`]);
  let container: string | undefined;
  const remove = (): void => {
    if (container) execFileSync('docker', ['rm', '--force', '--volumes', container], { stdio: 'ignore' });
    container = undefined;
  };
  process.once('exit', remove);
  return {
    start: async () => {
      if (container) await docker('start', container);
      else container = await docker('run', '--detach', ...published, ...environment(settings), image);
    },
    kill: () => {
      if (container) execFileSync('docker', ['kill', container], { stdio: 'ignore' });
    },
    pause: () => {
      if (container) execFileSync('docker', ['pause', container], { stdio: 'ignore' });
    },
    resume: () => {
      if (container) execFileSync('docker', ['unpause', container], { stdio: 'ignore' });
    },
    stop: async () => {
      process.off('exit', remove);
      if (container) await docker('stop', '--time', '10', container).catch(() => undefined);
      remove();
    },
    tool: async (name, args) => void (await docker('exec', container ?? '', '/opt/kafka/bin/kafka-run-class.sh', name, ...args)),
    exitReason: () => undefined,
  };
}

/** `group.min.session.timeout.ms` → `--env KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS=…`; a hyphen becomes three underscores. */
function environment(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => [
    '--env',
    `KAFKA_${name.replaceAll('.', '_').replaceAll('-', '___').toUpperCase()}=${value}`,
  ]);
}

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * CPUs that the cgroup of this process may use, as a container has it: 1.5 for `--cpus 1.5`; undefined without a limit, or where
 * there are no cgroups. Node's `availableParallelism` does not know such a limit before version 22.
 * Formula: quota / period, of cpu.max (v2) or cpu.cfs_quota_us and cpu.cfs_period_us (v1); a parent's limit holds too.
 * @param root where /proc and /sys are, for tests
 */
export function readCpuLimit(root = '/'): number | undefined {
  const groups = read(join(root, 'proc/self/cgroup')) ?? '';
  const limits = groups.split('\n').flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) return [];
    if (controllers === '') return ancestorsOf(path).map((dir) => readQuotaV2(join(root, 'sys/fs/cgroup', dir)));
    const isCpu = controllers.split(',').includes('cpu');
    return isCpu ? ancestorsOf(path).map((dir) => readQuotaV1(join(root, 'sys/fs/cgroup/cpu', dir))) : [];
  });
  const known = limits.filter((limit) => limit !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** CPUs that this process may use: those of the machine, or fewer, such as 1.5, where its cgroup limits them. */
export const availableCpus = (): number => Math.min(availableParallelism(), readCpuLimit() ?? Number.POSITIVE_INFINITY);

/** Bytes that the cgroup of this process may use (v1 or v2); undefined without a limit. */
export function readMemoryLimit(): number | undefined {
  const bytes = process.constrainedMemory();
  // Without a limit, it is 0 or a number that no machine has.
  return bytes > 0 && bytes < 2 ** 50 ? bytes : undefined;
}

/** A path and its parents. In a container without a cgroup namespace, only the last of them, the root, exists. */
function ancestorsOf(path: string): string[] {
  return path === '/' || path === '.' ? ['/'] : [path, ...ancestorsOf(dirname(path))];
}

function readQuotaV2(dir: string): number | undefined {
  const [quota, period] = (read(join(dir, 'cpu.max')) ?? '').trim().split(' ').map(Number);
  return toCpus(quota, period);
}

function readQuotaV1(dir: string): number | undefined {
  return toCpus(Number(read(join(dir, 'cpu.cfs_quota_us')) ?? Number.NaN), Number(read(join(dir, 'cpu.cfs_period_us'))));
}

/** The quota is `max` (v2) or -1 (v1) without a limit. */
function toCpus(quota: number | undefined, period: number | undefined): number | undefined {
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : undefined;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

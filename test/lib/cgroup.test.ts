import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readCpuLimit } from '../../src/lib/cgroup.ts';

let root = '';
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A file system with these files. */
function createRoot(files: Readonly<Record<string, string>>): string {
  root = mkdtempSync(join(tmpdir(), 'feedpulse-cgroup-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test('v2: the quota of the cgroup, as a container sees it', () => {
  expect(readCpuLimit(createRoot({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': '150000 100000\n' }))).toBe(1.5);
});

test('v2: the lowest of its own and its parents', () => {
  const files = {
    'proc/self/cgroup': '0::/kubepods/pod1/feedpulse\n',
    'sys/fs/cgroup/kubepods/pod1/feedpulse/cpu.max': 'max 100000\n',
    'sys/fs/cgroup/kubepods/pod1/cpu.max': '50000 100000\n',
    'sys/fs/cgroup/kubepods/cpu.max': '400000 100000\n',
  };
  expect(readCpuLimit(createRoot(files))).toBe(0.5);
});

test('v1: the quota of the cpu controller, also where it is mounted with cpuacct', () => {
  const files = {
    'proc/self/cgroup': '5:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n1:cpuset:/\n',
    'sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us': '200000\n',
    'sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us': '100000\n',
  };
  expect(readCpuLimit(createRoot(files))).toBe(2);
});

test('v1: in a container that sees the path of its host', () => {
  const files = {
    'proc/self/cgroup': '3:cpu,cpuacct:/docker/abc\n0::/\n',
    'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '100000\n',
    'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
  };
  expect(readCpuLimit(createRoot(files))).toBe(1);
});

test('no limit: none is set, or there are no cgroups', () => {
  const v1 = { 'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n', 'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n' };
  expect(readCpuLimit(createRoot({ 'proc/self/cgroup': '3:cpu:/\n', ...v1 }))).toBeUndefined();
  rmSync(root, { recursive: true });
  expect(readCpuLimit(createRoot({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': 'max 100000\n' }))).toBeUndefined();
  rmSync(root, { recursive: true });
  expect(readCpuLimit(createRoot({}))).toBeUndefined();
});

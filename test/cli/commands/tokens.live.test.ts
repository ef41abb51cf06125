import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { feedpulse, type RunningFeedpulse, startFeedpulse } from '../../support/feedpulse.ts';

let folder: string;
let running: RunningFeedpulse | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedpulse-tokens-cli-'));
});
afterAll(async () => {
  await running?.stop();
  await rm(folder, { recursive: true, force: true });
});

const tokens = (...args: string[]) => feedpulse('tokens', ...args, '--data-dir', folder);

test('a token is printed once, alone on standard output; the list has names, never tokens', async () => {
  const { stdout, stderr } = await tokens('add', '--name', 'grafana', '--role', 'viewer');
  expect(stdout).toMatch(/^fp_[A-Za-z0-9_-]{43}\n$/);
  expect(stderr).toBe('Store it now: it is not shown again.\n');
  const listed = (await tokens('list', '--format', 'json')).stdout;
  expect(JSON.parse(listed)).toEqual([{ name: 'grafana', role: 'viewer', createdAt: expect.stringMatching(/^20\d\d-.*Z$/) }]);
  for (const text of [listed, (await tokens('list')).stdout, await readFile(join(folder, 'tokens.json'), 'utf8')])
    expect(text).not.toContain(stdout.trim());
});

test.each([
  [['add', '--name', 'grafana', '--role', 'admin'], 2, /^USAGE: A token named grafana already exists\. .*\n$/],
  [['add', '--name', 'two words', '--role', 'admin'], 2, /^USAGE: name: expected up to 64 letters, .*\n$/],
  [['add', '--name', 'x', '--role', 'root'], 2, /Allowed choices are viewer, editor, admin/],
  [['add', '--name', 'x'], 2, /--role/],
  [['remove', 'nobody'], 2, /^USAGE: No token is named nobody\. .*\n$/],
])('tokens %s fails in one line', async (args, code, message) => {
  await expect(tokens(...args)).rejects.toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
});

test('beyond the loopback interface the program starts with a token only, and writes no token into its log', async () => {
  const empty = join(folder, 'empty');
  const refused = startFeedpulse(['--host', '0.0.0.0', '--source', 'demo', '--data-dir', empty]);
  await expect(refused).rejects.toThrow(
    /exited with 8 [\s\S]*INSECURE_BIND: Other machines can reach 0\.0\.0\.0, but no token is configured\./,
  );
  const token = (await tokens('add', '--name', 'ines', '--role', 'viewer')).stdout.trim();
  const config = join(folder, 'feedpulse.yaml');
  await writeFile(config, 'log: { level: debug }\n');
  running = await startFeedpulse(['--host', '0.0.0.0', '--source', 'demo', '--data-dir', folder, '--config', config]);
  const url = running.url.replace(/\/\/[^:]+:/, '//127.0.0.1:');
  const statusOf = async (authorization: string) => (await fetch(`${url}/metrics`, { headers: { authorization } })).status;
  expect([await statusOf(''), await statusOf(`Bearer ${token}`), await statusOf(`Bearer ${token}x`)]).toEqual([401, 200, 401]);
  const signIn = (given: string) =>
    fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: given }),
    });
  expect([(await signIn(token)).status, (await signIn(`${token}x`)).status]).toEqual([200, 401]);
  await tokens('remove', 'ines');
  await expect.poll(() => statusOf(`Bearer ${token}`), { timeout: 4_000 }).toBe(401);
  expect(running.log()).toContain('signed in');
  expect(running.log()).not.toContain(token.slice(3));
});

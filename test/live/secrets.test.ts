import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { environmentVariables } from '../../src/config/environment.ts';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse-server.ts';
import { type CommandResult, eventually, runCommand, startFeedpulse } from '../support/feedpulse.ts';
import { freePort } from '../support/free-port.ts';

/** Part of every secret that is set, and of every post text. */
const canary = 'canary-9c41e7';

let clickhouse: TestClickHouse;
let dir: string;
/** Output of the commands so far. */
const printed: string[] = [];

beforeAll(async () => {
  const user = { password: `${canary}-é"' of a user` };
  clickhouse = await startClickHouse({ users: { watched: user, looking: { ...user, readonly: 2 } } });
  dir = await mkdtemp(join(tmpdir(), 'feedpulse-secrets-'));
});
afterAll(async () => {
  await clickhouse?.stop();
  await rm(dir, { recursive: true, force: true });
});

type Settings = Readonly<Record<string, string>>;

const secretName = /(PASSWORD|TOKEN|SECRET|_KEY)$/;

/** Every secret of the config, by its environment variable, and the settings that need it. */
function secrets(): Settings {
  const names = [...environmentVariables().keys()].filter((name) => secretName.test(name));
  expect(names.length).toBeGreaterThanOrEqual(3);
  return {
    ...Object.fromEntries(names.map((name) => [name, `${canary}-é"' of a user`])),
    FEEDPULSE_CLICKHOUSE_URL: clickhouse.url,
    FEEDPULSE_CLICKHOUSE_USERNAME: 'watched',
    FEEDPULSE_CLICKHOUSE_READER_USERNAME: 'looking',
    FEEDPULSE_KAFKA_SASL_MECHANISM: 'plain',
    FEEDPULSE_KAFKA_SASL_USERNAME: 'watched',
    FEEDPULSE_KAFKA_SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
    FEEDPULSE_KAFKA_SCHEMA_REGISTRY_USERNAME: 'watched',
    FEEDPULSE_SOURCE: 'demo',
    FEEDPULSE_LOG_LEVEL: 'debug',
    FEEDPULSE_MODEL_WORKERS: '1',
  };
}

async function run(args: readonly string[], env: Settings = {}): Promise<CommandResult> {
  const result = await runCommand(['--verbose', ...args], { ...secrets(), ...env });
  printed.push(result.output);
  return result;
}

function expectNoCanary(): void {
  expect(printed.length).toBeGreaterThan(0);
  for (const output of printed.splice(0)) expect(output).not.toContain(canary);
}

/** A config file with a webhook channel, whose path and password are secret. */
async function writeChannels(): Promise<string> {
  const pager = { type: 'webhook', url: `http://127.0.0.1:1/${canary}`, password: canary, allowPrivate: true };
  const file = join(dir, 'channels.yaml');
  await writeFile(file, JSON.stringify({ alerts: { channels: { pager } } }));
  return file;
}

test('no secret is printed by commands that succeed', async () => {
  expect((await run(['migrate'])).code).toBe(0);
  const shown = await run(['check-config', '--format', 'json', '--config', await writeChannels()]);
  expect(shown).toMatchObject({ code: 0, output: expect.stringContaining('"password": "(set)"') });
  expect((await run(['check-config'])).code).toBe(0);
  expect((await run(['doctor', '--data-dir', join(dir, 'healthy')])).code).toBe(0);
  expectNoCanary();
});

test('no secret is printed when the broker, the database or a password is wrong', async () => {
  expect((await run(['alerts', 'test', '--config', await writeChannels()])).output).toMatch(
    /WEBHOOK_FAILED: 127\.0\.0\.1:1 could not be reached/m,
  );
  const lines = join(dir, 'lines.ndjson');
  await writeFile(lines, `${messages()}\n`);
  expect((await run(['produce', lines, '--brokers', `127.0.0.1:${await freePort()}`])).output).toMatch(/^KAFKA_UNAVAILABLE/m);
  const wrong = { FEEDPULSE_CLICKHOUSE_PASSWORD: `${canary}-wrong` };
  expect((await run(['doctor', '--data-dir', join(dir, 'unhealthy')], wrong)).output).toMatch(/✗ database/);
  expect((await run(['migrate'], { FEEDPULSE_CLICKHOUSE_PASSWORD: `${canary}-wrong` })).output).toMatch(/^DATABASE_REJECTED/m);
  expect((await run(['migrate'], { FEEDPULSE_CLICKHOUSE_READER_PASSWORD: `${canary}-wrong` })).output).toMatch(/^DATABASE_REJECTED/m);
  await clickhouse.injectFault({ statement: 'schema_migrations', when: 'before', how: 'error', code: 497 });
  expect((await run(['migrate'])).code).toBeGreaterThan(0);
  expectNoCanary();
});

test('no secret is printed when settings are invalid', async () => {
  const file = join(dir, 'wrong.yaml');
  await writeFile(
    file,
    `clickhouse: { password: [${canary}], reader: { pasword: ${canary} } }\nkafka: { sasl: { password: ${canary} } }\n`,
  );
  expect((await run(['check-config', '--config', file], { FEEDPULSE_KAFKA_SASL_MECHANISM: canary.slice(0, 6) })).code).toBe(2);
  await writeFile(file, `clickhouse:\n  password: "${canary}\n  url: [\n`);
  expect((await run(['check-config', '--config', file])).code).toBe(2);
  await writeFile(file, `clickhouse:\n  password: *${canary}\n`);
  expect((await run(['check-config', '--config', file])).code).toBe(2);
  const url = `https://watched:${canary}@127.0.0.1:1`;
  expect(
    (
      await run(['check-config', '--format', 'json'], {
        FEEDPULSE_CLICKHOUSE_URL: url,
        FEEDPULSE_KAFKA_BROKERS: `watched:${canary}@127.0.0.1:9092`,
      })
    ).code,
  ).toBe(2);
  expectNoCanary();
});

/** Valid posts, and messages that become dead letters, each with the canary. */
function messages(): string {
  const post = { platform: 'chirper', id: 'one', text: `I love it, ${canary}`, createdAt: new Date().toISOString() };
  return [
    JSON.stringify(post),
    JSON.stringify({ ...post, id: 'two', text: `\u0000 \ud800 ${canary} 'quoted' {name:String} $& <b>` }),
    JSON.stringify({ ...post, id: 'three', author: { id: canary, handle: canary, name: canary } }),
    JSON.stringify({ ...post, id: canary.repeat(50) }),
    JSON.stringify({ ...post, createdAt: `${canary}` }),
    JSON.stringify({ ...post, text: { en: canary } }),
    JSON.stringify([canary]),
    `{"platform": "chirper", "text": "${canary}`,
    `${canary} ${'x'.repeat(300_000)}`,
    canary,
  ].join('\n');
}

test('post text is never printed, whether the post is valid or not and whatever the database does', async () => {
  const source = join(dir, 'posts.ndjson');
  await writeFile(source, `${messages()}\n`);
  for (const statement of ['INSERT INTO posts', 'INSERT INTO post_first_seen'])
    for (const code of [241, 999]) await clickhouse.injectFault({ statement, when: 'before', how: 'error', code });
  await clickhouse.injectFault({ statement: 'INSERT INTO posts', when: 'after', how: 'reset' });
  const dataDir = join(dir, 'texts');
  const running = await startFeedpulse(['--source', 'ndjson', '--in', source, '--data-dir', dataDir], secrets());
  await eventually('the posts are written', 60, async () => (await running.metric('feedpulse_rows_written_total')) >= 3);
  expect(await running.stop()).toBe(0);
  expect(await readFile(join(dataDir, 'dead-letters.ndjson'), 'utf8')).toContain('not-json');
  expect(running.log()).toContain('retrying with backoff');
  printed.push(running.log());
  expectNoCanary();
});

test.each([
  ['one row', 27, /the database rejected a row/],
  ['every row', 497, /^DATABASE_REJECTED/m],
])('post text is not printed when the database permanently rejects %s', async (_, code, message) => {
  const source = join(dir, `rejected-${code}.ndjson`);
  await writeFile(source, `${messages().split('\n')[0]?.replace('one', `rejected-${code}`)}\n`);
  await clickhouse.injectFault({ statement: 'INSERT INTO posts', when: 'before', how: 'error', code });
  const { output } = await run(['run', '--source', 'ndjson', '--in', source, '--no-server', '--data-dir', join(dir, 'rejected')]);
  expect(output).toMatch(message);
  expectNoCanary();
});

test('score and eval do not print post text', async () => {
  const lines = join(dir, 'lines.ndjson');
  await writeFile(lines, `${messages()}\n`);
  const scored = await run(['score', lines, '--out', join(dir, 'scored.ndjson')]);
  expect([0, 2, 3]).toContain(scored.code);
  await writeFile(join(dir, 'labelled.tsv'), `label\ttext\nnonsense\t${canary}\n${canary}\n`);
  expect((await run(['eval', join(dir, 'labelled.tsv')])).code).not.toBe(0);
  expectNoCanary();
});

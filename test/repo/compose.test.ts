import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { environmentVariables } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { readLimits } from '../../src/sink/client/read-guard.ts';
import { grantsInSql, grantsInXml, readerProfile } from '../support/clickhouse/read-grants.ts';
import { readText, repository } from '../support/repository.ts';

interface Service {
  readonly image?: string;
  readonly mem_limit?: string | number;
  readonly healthcheck?: object;
  readonly ports?: readonly unknown[];
  readonly volumes?: readonly unknown[];
  readonly environment?: Readonly<Record<string, string>>;
}

const passwords = {
  CLICKHOUSE_PASSWORD: 'one',
  CLICKHOUSE_READER_PASSWORD: 'four',
  GRAFANA_READER_PASSWORD: 'two',
  GRAFANA_ADMIN_PASSWORD: 'three',
};

/** An empty .env, so that the developer's own does not affect the tests. */
const emptyFile = join(mkdtempSync(join(tmpdir(), 'feedpulse-compose-')), 'env');
writeFileSync(emptyFile, '');
afterAll(() => rmSync(dirname(emptyFile), { recursive: true }));

/** The services of docker-compose.yml, as parsed by compose. */
async function compose(env: Record<string, string>): Promise<Record<string, Service>> {
  const [command = '', ...args] = (process.env['COMPOSE_COMMAND'] ?? 'docker-compose').split(' ');
  const { PATH = '', HOME = '' } = process.env;
  const options = { cwd: repository, env: { PATH, HOME, ...env } };
  const { stdout } = await promisify(execFile)(command, [...args, '--env-file', emptyFile, '-f', 'docker-compose.yml', 'config'], options);
  // compose prints the structure of the file.
  return (parse(stdout) as { services: Record<string, Service> }).services;
}

describe('docker-compose.yml', () => {
  let services: Record<string, Service>;
  beforeAll(async () => {
    services = await compose(passwords);
  });

  test('is valid and has all services', () => {
    expect(Object.keys(services).sort()).toEqual(['clickhouse', 'feedpulse', 'grafana', 'kafka', 'prometheus', 'topics']);
  });

  test('requires every password', async () => {
    for (const name of Object.keys(passwords)) {
      await expect(compose({ ...passwords, [name]: '' }), name).rejects.toThrow('set it in .env');
    }
    expect(readText('.env.example').match(/^[A-Z_]+=$/gm)).toEqual(Object.keys(passwords).map((name) => `${name}=`));
  });

  test('sets only known variables, which form a valid config', () => {
    const settings = Object.entries(services['feedpulse']?.environment ?? {}).filter(([name]) => name.startsWith('FEEDPULSE_'));
    const unknown = settings.filter(([name]) => !environmentVariables().has(name));
    expect(settings.length).toBeGreaterThan(5);
    expect(unknown).toEqual([]);
    const config = loadConfig({ file: `${repository}feedpulse.example.yaml`, env: Object.fromEntries(settings) });
    expect(config.clickhouse).toMatchObject({ username: 'feedpulse', allowPlaintext: true, reader: { username: 'feedpulse_reader' } });
    expect(config).toMatchObject({
      source: 'kafka',
      server: { host: '0.0.0.0', allowUnauthenticated: true },
      kafka: { brokers: ['kafka:9092'] },
    });
  });

  test('the mounted ClickHouse users have the grants and limits of users.sql', () => {
    expect(grantsInXml()).toEqual(grantsInSql());
    expect(Object.keys(grantsInSql())).toEqual(['feedpulse', 'feedpulse_reader']);
    expect(grantsInSql()['feedpulse_reader']).toEqual(['GRANT SELECT ON feedpulse.*']);
    expect(readerProfile('feedpulse-users.xml')).toEqual(readerProfile('users.sql'));
    expect(readerProfile('users.sql')).toEqual({ ...readLimits, readonly: 1 });
    expect(JSON.stringify(services['clickhouse']?.volumes)).toContain('users.d/feedpulse-users.xml');
  });

  test('pins every image to a version', () => {
    for (const [name, { image }] of Object.entries(services)) expect(image, name).toMatch(/:v?\d+\.\d+(\.\d+)?$/);
    expect(readText('deploy/Dockerfile').match(/^FROM .*$/gm)).toSatisfy((lines: string[]) =>
      lines.every((line) => /:\d+\.\d+\.\d+-/.test(line)),
    );
  });

  test('publishes ports on loopback only', () => {
    const published = Object.values(services).flatMap(({ ports = [] }) => ports.map((port) => JSON.stringify(port)));
    expect(published).toHaveLength(5);
    for (const port of published) expect(port).toContain('127.0.0.1');
  });

  test('the memory of feedpulse has a limit, by which it chooses the number of inference threads', () => {
    // Compose prints it as written, or in bytes.
    expect(['1536m', String(1_536 * 2 ** 20)]).toContain(String(services['feedpulse']?.mem_limit));
  });

  test('long-running services have health checks; feedpulse has one in its image', () => {
    for (const name of ['kafka', 'clickhouse', 'grafana']) expect(services[name]?.healthcheck, name).toBeDefined();
    expect(readText('deploy/Dockerfile')).toMatch(/^HEALTHCHECK /m);
  });
});

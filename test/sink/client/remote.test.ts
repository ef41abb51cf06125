import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.ts';
import { openDatabase } from '../../../src/sink/client/connection.ts';
import { quiet } from '../../support/test-database.ts';

test('a password that is changed in its file is used with the next request', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'feedpulse-remote-'));
  const credentials: string[] = [];
  // Answers every query as if it were the one for the database.
  const server = createServer((request, response) => {
    const [, encoded = ''] = /^Basic (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    credentials.push(Buffer.from(encoded, 'base64').toString());
    request.resume().once('end', () => response.end('{"name":"feedpulse"}\n'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const [passwordFile, file] = [join(dir, 'password'), join(dir, 'config.yaml')];
  writeFileSync(passwordFile, 'before\n');
  writeFileSync(file, `clickhouse: { url: "http://127.0.0.1:${port}", username: ines, passwordFile: ${passwordFile} }\n`);
  const config = loadConfig({ file, env: {} });
  const db = await openDatabase({ ...config, log: quiet });
  try {
    const query = async () => (await db.writer.query({ query: 'SELECT 1', format: 'JSONEachRow' })).json();
    await query();
    writeFileSync(passwordFile, 'after é"\n');
    await query();
    expect(credentials).toEqual(['ines:before', 'ines:before', 'ines:after é"']);
  } finally {
    await db.close();
    server.close();
    rmSync(dir, { recursive: true, force: true });
  }
});

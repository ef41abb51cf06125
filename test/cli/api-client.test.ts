import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeInstance } from '../../src/app/instance-file.ts';
import { type Api, waitForJob, withApi } from '../../src/cli/api-client.ts';
import { configSchema } from '../../src/config/schema.ts';
import { problemText } from '../../src/server/http/problem.ts';
import { quiet } from '../support/test-database.ts';

let dataDir: string;
let server: Server;
/** Status of every response of the running instance. */
let status: number;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'feedpulse-client-'));
  server = createServer((_, response) => response.writeHead(status).end(problemText(status, 'The reason.'))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server
  await writeInstance(dataDir, { pid: process.pid, url: `http://127.0.0.1:${port}`, token: 'fp_token' });
});
afterEach(async () => {
  server.close();
  await rm(dataDir, { recursive: true, force: true });
});

const request = () => withApi(configSchema.parse({ dataDir }), quiet, (api) => api.get('/api/v1/brands'));

test.each([400, 401, 403, 404, 409, 413, 422, 429])('HTTP %i of the running instance is a usage error', async (code) => {
  status = code;
  await expect(request()).rejects.toMatchObject({ code: 'USAGE', message: 'The reason.' });
});

test('HTTP 503 of the running instance means that the database is unavailable', async () => {
  status = 503;
  await expect(request()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', message: 'The reason.' });
});

test.each([500, 501, 502, 504])('HTTP %i of the running instance is a bug, which has no error code', async (code) => {
  status = code;
  const error = await request().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ message: `The API failed with HTTP ${code}: The reason.` });
  expect(error).not.toHaveProperty('code');
});

test('an instance that does not respond is unavailable', async () => {
  server.close();
  server.closeAllConnections();
  await expect(request()).rejects.toMatchObject({ code: 'INSTANCE_UNAVAILABLE' });
});

test.each(['MODEL_MISSING', 'JOB_FAILED'] as const)('a job that failed with %s rejects with that code', async (code) => {
  const job = { id: 'x', kind: 'rescore', state: 'failed', done: 0, total: 0, code, detail: 'The reason.' };
  const api = { send: async () => job } as unknown as Api; // only starts jobs
  await expect(waitForJob(api, 'Scoring', '/api/v1/rescore', {})).rejects.toMatchObject({ code, message: 'The reason.' });
});

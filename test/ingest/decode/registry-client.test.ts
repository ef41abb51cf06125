import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { createRegistryClient } from '../../../src/ingest/decode/schema-registry.ts';
import { createCertificateAuthority } from '../../support/certificates.ts';
import { startRegistry, type TestRegistry } from '../../support/schema-registry.ts';

const authority = createCertificateAuthority('feedpulse test');
const folder = mkdtempSync(join(tmpdir(), 'feedpulse-registry-'));
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, authority.ca);

let registry: TestRegistry | undefined;
afterEach(() => registry?.stop());
afterAll(() => rmSync(folder, { recursive: true }));

const signal = new AbortController().signal;

test('trusts a registry whose certificate is signed by the CA in caFile', async () => {
  registry = await startRegistry(authority.issue('127.0.0.1'));
  registry.register(1, { schema: '{}' });
  const client = createRegistryClient({ ...registry.config, caFile, allowPlaintext: false });
  expect(await client.get('schemas/ids/1', signal)).toEqual({ found: { schema: '{}' } });
});

test.each([
  ['no authority that is trusted', {}, '127.0.0.1', undefined],
  ['another host', {}, 'registry.example', caFile],
  ['yesterday', { expired: true }, '127.0.0.1', caFile],
])('a registry with a certificate of %s is not asked', async (_, validity, host, trusted) => {
  registry = await startRegistry(authority.issue(host, validity));
  registry.register(1, { schema: '{}' });
  const client = createRegistryClient({ ...registry.config, ...(trusted && { caFile: trusted }), allowPlaintext: false });
  await expect(client.get('schemas/ids/1', signal)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  expect(registry.requests()).toBe(0);
});

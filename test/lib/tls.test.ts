import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeTlsError, readTlsFiles } from '../../src/lib/tls.ts';
import { createCertificateAuthority } from '../support/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'feedpulse-tls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('reads the TLS files, or rejects them by setting without quoting their content', () => {
  const authority = createCertificateAuthority('Test');
  const { cert, key } = authority.issue('localhost');
  const caFile = file('ca.pem', authority.ca);
  const certFile = file('cert.pem', cert);
  const keyFile = file('key.pem', key);
  const garbage = file('garbage.pem', 'canary');
  expect(readTlsFiles('kafka', { caFile, certFile, keyFile }).ca?.toString()).toBe(authority.ca);
  expect(readTlsFiles('kafka', {})).toEqual({});

  const refused = (problem: RegExp) => expect.objectContaining({ code: 'FILE_INACCESSIBLE', message: expect.stringMatching(problem) });
  expect(() => readTlsFiles('clickhouse', { caFile: garbage })).toThrow(refused(/^clickhouse\.caFile is not a PEM certificate/));
  expect(() => readTlsFiles('kafka', { caFile: keyFile })).toThrow(refused(/^kafka\.caFile is not a PEM certificate/));
  expect(() => readTlsFiles('kafka', { certFile, keyFile: garbage })).toThrow(refused(/^kafka\.certFile and keyFile are not(?!.*canary)/));
  expect(() => readTlsFiles('kafka', { certFile, keyFile: file('other.pem', authority.issue('x').key) })).toThrow(refused(/keyFile/));
  expect(() => readTlsFiles('kafka', { certFile: join(folder, 'none') })).toThrow(refused(/^Cannot read kafka\.certFile \(/));
});

test('the material of the moment: certificates are renewed while the process runs', () => {
  const authority = createCertificateAuthority('Renewing');
  const [first, second] = [authority.issue('localhost'), authority.issue('localhost')];
  const certFile = file('renewed.pem', first.cert);
  const keyFile = file('renewed-key.pem', first.key);
  const material = readTlsFiles('kafka', { certFile, keyFile });
  const shown = () => [material.cert?.toString(), material.key?.toString()];
  file('renewed.pem', second.cert);
  // The key is missing yet, so the pair would not fit.
  expect(shown()).toEqual([first.cert, first.key]);
  file('renewed-key.pem', second.key);
  expect(shown()).toEqual([second.cert, second.key]);
});

test('describes certificate errors by their code', () => {
  expect(describeTlsError('CERT_HAS_EXPIRED')).toBe('its certificate has expired (CERT_HAS_EXPIRED)');
  expect(describeTlsError('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE')).toMatch(/rejected the TLS handshake/);
  for (const code of ['ECONNRESET', undefined, 516, 'constructor']) expect(describeTlsError(code)).toBeUndefined();
});

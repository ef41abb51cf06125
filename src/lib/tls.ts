import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { FeedpulseError } from './errors.ts';

/** TLS credentials, PEM. */
export interface TlsMaterial {
  readonly ca?: Buffer;
  /** Client certificate and key, for mutual TLS. */
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

interface TlsFiles {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/**
 * Reads and checks TLS files.
 * @param section the config section, for error messages
 * @throws FILE_INACCESSIBLE, which names the setting
 */
export function readTlsFiles(section: string, { caFile, certFile, keyFile }: TlsFiles): TlsMaterial {
  const ca = caFile === undefined ? undefined : readPem(`${section}.caFile`, caFile);
  const cert = certFile === undefined ? undefined : readPem(`${section}.certFile`, certFile);
  const key = keyFile === undefined ? undefined : readPem(`${section}.keyFile`, keyFile);
  // Node silently ignores a certificate authority that it cannot parse.
  if (ca) check(`${section}.caFile is not a PEM certificate: ${caFile}`, () => new X509Certificate(ca));
  if (cert && key)
    check(`${section}.certFile and keyFile are not a PEM certificate and its private key`, () => createSecureContext({ cert, key }));
  return { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) };
}

function readPem(setting: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (thrown) {
    throw new FeedpulseError('FILE_INACCESSIBLE', `Cannot read ${setting} (${path}).`, { cause: thrown });
  }
}

/** Omits the cause, which could quote a key. */
function check(problem: string, parse: () => unknown): void {
  try {
    parse();
  } catch {
    throw new FeedpulseError('FILE_INACCESSIBLE', `${problem}.`);
  }
}

/** Descriptions of the error codes of Node and OpenSSL for an untrusted peer. */
const tlsErrors = new Map([
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is signed by an unknown authority'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is self-signed and not trusted'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'its certificate is signed by an unknown authority'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its certificate is signed by an unknown authority'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate is signed by an unknown authority'],
  ['CERT_SIGNATURE_FAILURE', 'the signature of its certificate is invalid'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['CERT_NOT_YET_VALID', 'its certificate is not valid yet'],
  ['CERT_REVOKED', 'its certificate has been revoked'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another host name'],
  ['EPROTO', 'it does not speak TLS on this port, or rejected the handshake'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'it does not speak TLS on this port'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'it does not speak TLS on this port'],
]);

/** Describes why TLS with a server failed, by the error's code. Returns undefined for any other error. */
export function describeTlsError(code: unknown): string | undefined {
  if (typeof code !== 'string') return undefined;
  const known =
    tlsErrors.get(code) ?? (/^ERR_SSL_\w*ALERT/.test(code) ? 'it rejected the TLS handshake, or requires a client certificate' : undefined);
  return known && `${known} (${code})`;
}

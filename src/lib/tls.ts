import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { FeedpulseError } from './errors.ts';

/** What TLS is given beside the system's own authorities: PEM. */
export interface TlsMaterial {
  readonly ca?: Buffer;
  /** Our own certificate and key, for servers that want to see one. */
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

interface TlsFiles {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** The files of a part of the config, `kafka` or `clickhouse`. @throws FILE_UNREADABLE, which names the setting. */
export function readTlsFiles(part: string, { caFile, certFile, keyFile }: TlsFiles): TlsMaterial {
  const ca = caFile === undefined ? undefined : readPem(`${part}.caFile`, caFile);
  const cert = certFile === undefined ? undefined : readPem(`${part}.certFile`, certFile);
  const key = keyFile === undefined ? undefined : readPem(`${part}.keyFile`, keyFile);
  // An authority that cannot be read would be passed over in silence.
  if (ca) check(`${part}.caFile holds no certificate in PEM: ${caFile}`, () => new X509Certificate(ca));
  if (cert && key) check(`${part}.certFile and keyFile are no certificate and its key in PEM`, () => createSecureContext({ cert, key }));
  return { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) };
}

function readPem(setting: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (thrown) {
    throw new FeedpulseError('FILE_UNREADABLE', `The file of ${setting} cannot be read: ${path}.`, { cause: thrown });
  }
}

/** The cause stays out: it could quote a key. */
function check(problem: string, parse: () => unknown): void {
  try {
    parse();
  } catch {
    throw new FeedpulseError('FILE_UNREADABLE', `${problem}.`);
  }
}

/** Node's and OpenSSL's names of what can be wrong with a server's certificate, in words. */
const certificateFaults = new Map([
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is signed by an authority that is not trusted here'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is signed by itself, and not trusted here'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'its certificate is signed by an authority that is not trusted here'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its certificate is signed by an authority that is not trusted here'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate is signed by an authority that is not trusted here'],
  ['CERT_SIGNATURE_FAILURE', 'the signature of its certificate is wrong'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['CERT_NOT_YET_VALID', 'its certificate is not valid yet'],
  ['CERT_REVOKED', 'its certificate has been revoked'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another host name'],
  ['EPROTO', 'it does not speak TLS on this port, or refused our side of it'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'it does not speak TLS on this port'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'it does not speak TLS on this port'],
]);

/** Why a server is not trusted, or does not trust us, by the code of the error; undefined for any other fault. */
export function trustFault(code: unknown): string | undefined {
  if (typeof code !== 'string') return undefined;
  const known =
    certificateFaults.get(code) ??
    (/^ERR_SSL_\w*ALERT/.test(code) ? 'it refused our side of TLS, or wants a certificate of ours' : undefined);
  return known && `${known} (${code})`;
}

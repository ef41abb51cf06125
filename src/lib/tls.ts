import { X509Certificate } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { FeedpulseError } from './errors.ts';
import { watchFiles } from './watched-files.ts';

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
 * Reads and checks TLS files. The properties of the result are getters: they read the files again after a change, so take them
 * for each connection.
 * @param section the config section, for error messages
 * @throws FILE_INACCESSIBLE, which names the setting
 */
export function readTlsFiles(section: string, files: TlsFiles): TlsMaterial {
  const settings = (['caFile', 'certFile', 'keyFile'] as const).flatMap((setting) => {
    const path = files[setting];
    return path === undefined ? [] : [{ setting, path }];
  });
  const read = watchOrReject(section, settings, files);
  const material = {};
  for (const { setting } of settings) {
    const name = nameOf[setting];
    Object.defineProperty(material, name, { get: () => read()[name], enumerable: true });
  }
  return material;
}

const nameOf = { caFile: 'ca', certFile: 'cert', keyFile: 'key' } as const;

interface TlsFile {
  readonly setting: keyof typeof nameOf;
  readonly path: string;
}

function watchOrReject(section: string, settings: readonly TlsFile[], { caFile }: TlsFiles): () => TlsMaterial {
  for (const { setting, path } of settings) checkReadable(`${section}.${setting}`, path);
  const paths = settings.map(({ path }) => path);
  return watchFiles(paths, (contents) => {
    const material: TlsMaterial = Object.fromEntries(settings.map(({ setting }, index) => [nameOf[setting], contents[index]]));
    const { ca, cert, key } = material;
    // Node silently ignores a certificate authority that it cannot parse.
    if (ca) check(`${section}.caFile is not a PEM certificate: ${caFile}`, () => new X509Certificate(ca));
    if (cert && key)
      check(`${section}.certFile and keyFile are not a PEM certificate and its private key`, () => createSecureContext({ cert, key }));
    return material;
  });
}

function checkReadable(setting: string, path: string): void {
  try {
    accessSync(path, constants.R_OK);
    if (statSync(path).isDirectory()) throw new Error('a directory');
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

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import forge from 'node-forge';

/** A key and its certificate, both PEM. */
export interface IssuedCertificate {
  readonly key: string;
  readonly cert: string;
  /** The certificate of the authority that issued it. */
  readonly authority: string;
}

export interface CertificateAuthority {
  /** The certificate that clients trust, PEM. */
  readonly ca: string;
  /** A certificate for a host name or IP address: valid for one day, or `expired`. */
  issue(host: string, validity?: { readonly expired?: boolean }): IssuedCertificate;
}

const day = 86_400_000;

/** Creates a certificate authority, so that the repository contains no private key. */
export function createCertificateAuthority(name: string): CertificateAuthority {
  const subject = [{ name: 'commonName', value: name }];
  const caKey = newKey();
  const ca = certificate({
    subject,
    issuer: subject,
    subjectKey: caKey,
    signedBy: caKey,
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
  });
  return {
    ca,
    issue: (host, { expired = false } = {}) => {
      const key = newKey();
      const altNames = [/^[\d.]+$/.test(host) ? { type: 7, ip: host } : { type: 2, value: host }];
      const cert = certificate({
        subject: [{ name: 'commonName', value: host }],
        issuer: subject,
        subjectKey: key,
        signedBy: caKey,
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'subjectAltName', altNames },
        ],
        shift: expired ? -10 * day : 0,
      });
      return { key: key.pem, cert, authority: ca };
    },
  };
}

interface Key {
  readonly pem: string;
  readonly private: forge.pki.rsa.PrivateKey;
  readonly public: forge.pki.rsa.PublicKey;
}

/** Node generates keys much faster than node-forge. */
function newKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { pem: privateKey, private: forge.pki.privateKeyFromPem(privateKey), public: forge.pki.publicKeyFromPem(publicKey) };
}

interface CertificateOptions {
  readonly subject: forge.pki.CertificateField[];
  readonly issuer: forge.pki.CertificateField[];
  readonly subjectKey: Key;
  readonly signedBy: Key;
  readonly extensions: object[];
  /** Offset of the day of validity, in milliseconds. */
  readonly shift?: number;
}

function certificate({ subject, issuer, subjectKey, signedBy, extensions, shift = 0 }: CertificateOptions): string {
  const result = forge.pki.createCertificate();
  result.publicKey = subjectKey.public;
  // A leading zero bit keeps the number positive.
  result.serialNumber = `01${randomBytes(15).toString('hex')}`;
  result.validity.notBefore = new Date(Date.now() + shift - day / 24);
  result.validity.notAfter = new Date(Date.now() + shift + day);
  result.setSubject(subject);
  result.setIssuer(issuer);
  result.setExtensions(extensions);
  result.sign(signedBy.private, forge.md.sha256.create());
  return forge.pki.certificateToPem(result);
}

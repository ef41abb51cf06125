import { generateKeyPairSync, randomBytes } from 'node:crypto';
import forge from 'node-forge';

/** A key and its certificate, both PEM. */
export interface Certified {
  readonly key: string;
  readonly cert: string;
  /** The certificate of the authority that issued it. */
  readonly authority: string;
}

export interface Authority {
  /** The certificate that clients trust, PEM. */
  readonly ca: string;
  /** A certificate for this host name or IP address, valid for a day unless told otherwise. */
  issue(host: string, validity?: { readonly expired?: boolean }): Certified;
}

const day = 86_400_000;

/** A certificate authority of its own, made anew: no key of a test lies in the repository. */
export function createAuthority(name: string): Authority {
  const subject = [{ name: 'commonName', value: name }];
  const own = newKey();
  const ca = certificate({
    subject,
    issuer: subject,
    own,
    signedBy: own,
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
        own: key,
        signedBy: own,
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

/** Node makes keys a hundred times faster than plain JavaScript. */
function newKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { pem: privateKey, private: forge.pki.privateKeyFromPem(privateKey), public: forge.pki.publicKeyFromPem(publicKey) };
}

interface CertificateParts {
  readonly subject: forge.pki.CertificateField[];
  readonly issuer: forge.pki.CertificateField[];
  readonly own: Key;
  readonly signedBy: Key;
  readonly extensions: object[];
  /** Milliseconds by which the day of validity is moved. */
  readonly shift?: number;
}

function certificate({ subject, issuer, own, signedBy, extensions, shift = 0 }: CertificateParts): string {
  const made = forge.pki.createCertificate();
  made.publicKey = own.public;
  // A leading zero bit keeps the number positive.
  made.serialNumber = `01${randomBytes(15).toString('hex')}`;
  made.validity.notBefore = new Date(Date.now() + shift - day / 24);
  made.validity.notAfter = new Date(Date.now() + shift + day);
  made.setSubject(subject);
  made.setIssuer(issuer);
  made.setExtensions(extensions);
  made.sign(signedBy.private, forge.md.sha256.create());
  return forge.pki.certificateToPem(made);
}

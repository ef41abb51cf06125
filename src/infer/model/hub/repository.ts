import { FeedpulseError } from '../../../lib/errors.ts';
import { isLoopback } from '../../../lib/loopback.ts';
import { modelFiles } from '../model.ts';

/** A model repository on a hub. */
export interface Repository {
  /** URL of the hub, such as https://huggingface.co; may include a path. */
  readonly hub: string;
  /** `owner/name`. */
  readonly repo: string;
  /** Branch, tag or commit. */
  readonly revision: string;
}

/** SHA-256 in hexadecimal by path in the repository, for every file to download. */
export type Checksums = ReadonlyMap<string, string>;

/** Contains the model's label names. */
export const configFile = 'config.json';

const requiredFiles = [configFile, ...Object.values(modelFiles)];

const segment = '[A-Za-z0-9_][A-Za-z0-9_.-]*';
const pathPattern = new RegExp(`^${segment}(?:/${segment})*$`);
const repoPattern = new RegExp(`^${segment}(?:/${segment})?$`);

/** A relative path without segments that begin with a dot, so that it stays inside the directory it is joined to. */
function isSafePath(text: string): boolean {
  return text.length <= 200 && pathPattern.test(text);
}

/** URL of a file in the layout of Hugging Face: `HUB/REPO/resolve/REVISION/FILE`. `file` must be a safe path. @throws USAGE or HUB_REJECTED */
export function fileUrl({ hub, repo, revision }: Repository, file: string): URL {
  if (repo.length > 200 || !repoPattern.test(repo))
    throw new FeedpulseError('USAGE', 'The repository must be OWNER/NAME, in ASCII letters, digits, dots, hyphens and underscores.');
  if (!isSafePath(revision)) throw new FeedpulseError('USAGE', 'The revision must be a branch, a tag or a commit.');
  if (!URL.canParse(hub)) throw new FeedpulseError('USAGE', 'The hub must be a URL such as https://huggingface.co.');
  const url = new URL(hub);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${repo}/resolve/${encodeURIComponent(revision)}/${file}`;
  return requireSecure(url);
}

/** Returns the URL if it uses HTTPS, or HTTP to a loopback address. @throws HUB_REJECTED otherwise */
export function requireSecure(url: URL): URL {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return url;
  throw new FeedpulseError('HUB_REJECTED', `${url.host || 'The URL'} is not HTTPS.`);
}

/** Validates the files to download and returns the path of the ONNX file among them. @throws USAGE */
export function validateChecksums(checksums: Checksums): string {
  for (const [file, sha256] of checksums) {
    if (!isSafePath(file) || file === 'manifest.json')
      throw new FeedpulseError(
        'USAGE',
        'Files must be relative paths in the repository, in ASCII letters, digits, dots, hyphens and underscores, and not manifest.json.',
      );
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new FeedpulseError('USAGE', `The SHA-256 of ${file} must have 64 hexadecimal digits.`);
  }
  const missing = requiredFiles.filter((file) => !checksums.has(file));
  const [weights, ...others] = [...checksums.keys()].filter((file) => file.endsWith('.onnx'));
  if (missing.length > 0 || weights === undefined) {
    const all = [...missing, ...(weights === undefined ? ['one .onnx file'] : [])];
    throw new FeedpulseError('USAGE', `Every file needs a SHA-256; missing: ${all.join(', ')}.`);
  }
  if (others.length > 0) throw new FeedpulseError('USAGE', `A model needs exactly one ONNX file, not ${others.length + 1}.`);
  return weights;
}

import { FeedpulseError } from '../../../lib/errors.ts';
import { isLoopback } from '../../../lib/loopback.ts';

/** A model on a hub: `owner/name`, and a branch, tag or commit. */
export interface Repository {
  /** The hub's own address, such as https://huggingface.co; it may have a path. */
  readonly hub: string;
  readonly repo: string;
  readonly revision: string;
}

const part = '[A-Za-z0-9_][A-Za-z0-9_.-]*';
const path = new RegExp(`^${part}(?:/${part})*$`);
const repoName = new RegExp(`^${part}(?:/${part})?$`);

/** A name or path of which no part begins with a dot, so that it stays within the folder that it is put behind. */
export function isPlainPath(text: string): boolean {
  return text.length <= 200 && path.test(text);
}

/** Where a file lies, as Hugging Face lays it out: `HUB/REPO/resolve/REVISION/FILE`. `file` is a plain path. Throws USAGE or HUB_REJECTED. */
export function addressOf({ hub, repo, revision }: Repository, file: string): URL {
  if (repo.length > 200 || !repoName.test(repo)) throw new FeedpulseError('USAGE', 'The repository is named OWNER/NAME, in plain letters.');
  if (!isPlainPath(revision)) throw new FeedpulseError('USAGE', 'The revision is a branch, a tag or a commit.');
  if (!URL.canParse(hub)) throw new FeedpulseError('USAGE', 'The hub is an address such as https://huggingface.co.');
  const url = new URL(hub);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${repo}/resolve/${encodeURIComponent(revision)}/${file}`;
  return checkTransport(url);
}

/** Throws HUB_REJECTED for an address that would be asked without encryption, unless it is this machine's own. */
export function checkTransport(url: URL): URL {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return url;
  throw new FeedpulseError('HUB_REJECTED', `${url.host || 'The address'} would be asked without encryption.`);
}

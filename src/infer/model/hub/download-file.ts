import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../../lib/clock.ts';
import { asError, FeedpulseError } from '../../../lib/errors.ts';
import { type HttpStream, openHttpStream } from '../../../lib/http-client.ts';
import { makeDirectories } from '../../../lib/make-directories.ts';
import { backoffDelay } from '../../../lib/retry.ts';
import { hashFile } from '../verify-file.ts';
import { requireSecure } from './repository.ts';

export interface Download {
  readonly url: URL;
  /** Target path. An existing file is treated as an incomplete download and resumed. */
  readonly path: string;
  /** In hexadecimal. */
  readonly sha256: string;
  readonly maxBytes: number;
}

export interface DownloadDeps {
  readonly clock: Pick<Clock, 'sleep'>;
  /** Called with the bytes received so far; `total` is 0 if the hub does not send the size. */
  readonly onProgress: (received: number, total: number) => void;
}

/** Consecutive attempts without new bytes before giving up. */
const maxFailures = 5;
const backoff = { firstMs: 500, maxMs: 30_000 };
const maxRedirects = 5;
/** Milliseconds without a byte after which a connection is considered dead. */
const idleTimeoutMs = 30_000;

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** File system errors, which a retry cannot fix. */
const diskErrors: ReadonlySet<string> = new Set(['EACCES', 'EDQUOT', 'EEXIST', 'EISDIR', 'ENOSPC', 'ENOTDIR', 'EPERM', 'EROFS']);

/**
 * Downloads a file and verifies its SHA-256. Resumes after a broken connection, and after an earlier call that did not finish;
 * if the resumed file does not match, it downloads from the start once.
 * @throws HUB_UNAVAILABLE if the hub stays unreachable (the partial file is kept); HUB_REJECTED if the hub lacks the file or
 * has a different one (the file is removed); FILE_INACCESSIBLE or a file system error if the file cannot be written or read
 */
export async function downloadFile(download: Download, deps: DownloadDeps): Promise<void> {
  const { path, sha256, url } = download;
  await makeDirectories(dirname(path));
  const isResumed = (await fileSize(path)) > 0;
  if (isResumed && (await hashFile(path)) === sha256) return;
  await fetchWithRetry(download, deps);
  let actual = await hashFile(path);
  if (actual !== sha256 && isResumed) {
    await rm(path); // the partial file may be from another version
    await fetchWithRetry(download, deps);
    actual = await hashFile(path);
  }
  if (actual === sha256) return;
  await rm(path);
  throw new FeedpulseError(
    'HUB_REJECTED',
    `Checksum mismatch for ${describeUrl(url)}: expected SHA-256 ${sha256}, got ${actual}. The file was removed.`,
  );
}

/** Retries with exponential backoff, which is reset by every attempt that receives new bytes. */
async function fetchWithRetry(download: Download, { clock, onProgress }: DownloadDeps): Promise<void> {
  // High-water mark of all attempts: a restarted download makes progress only beyond it.
  let maxReceived = await fileSize(download.path);
  for (let failures = 0; ; ) {
    try {
      return await fetchRest(download, await fileSize(download.path), onProgress);
    } catch (thrown) {
      const error: NodeJS.ErrnoException = asError(thrown);
      if (error instanceof FeedpulseError) throw error;
      if (diskErrors.has(error.code ?? '')) throw new FeedpulseError('FILE_INACCESSIBLE', `${error.message}.`, { cause: error });
      const reached = await fileSize(download.path);
      const hasNewBytes = reached > maxReceived;
      maxReceived = Math.max(maxReceived, reached);
      failures = hasNewBytes ? 0 : failures + 1;
      if (failures >= maxFailures)
        throw new FeedpulseError('HUB_UNAVAILABLE', `Download of ${describeUrl(download.url)} failed: ${error.message}.`, { cause: error });
      await clock.sleep(backoffDelay(backoff, failures + 1));
    }
  }
}

/** One request for the missing bytes. @throws HUB_REJECTED, or an error that a retry may fix */
async function fetchRest({ url, path, maxBytes }: Download, from: number, onProgress: DownloadDeps['onProgress']): Promise<void> {
  const response = await getFrom(url, from);
  try {
    const start = await startOffset(response, { url, path, from });
    const length = Number(response.headers['content-length'] ?? 0);
    const total = length > 0 ? start + length : 0;
    const tooLarge = (): FeedpulseError => new FeedpulseError('HUB_REJECTED', `${describeUrl(url)} is larger than ${maxBytes} bytes.`);
    if (total > maxBytes) throw tooLarge();
    let received = start;
    onProgress(received, total);
    const countBytes = async function* (body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of body) {
        received += chunk.length;
        if (received > maxBytes) throw tooLarge();
        yield chunk;
        onProgress(received, total);
      }
    };
    await pipeline(response.body, countBytes, createWriteStream(path, { flags: start > 0 ? 'a' : 'w' }));
  } finally {
    await response.close();
  }
}

/** Offset in the file at which the response body starts. It is 0 if the hub ignores the range. */
async function startOffset(response: HttpStream, { url, path, from }: Pick<Download, 'url' | 'path'> & { from: number }): Promise<number> {
  const { status } = response;
  if (status === 200) return 0;
  if (status === 206 && from > 0 && String(response.headers['content-range']).startsWith(`bytes ${from}-`)) return from;
  if (status === 206 || status === 416) {
    await rm(path, { force: true }); // the local part does not match the remote file: start over
    throw new Error(`the hub did not honor the range request from byte ${from}`);
  }
  if (status === 408 || status === 429 || status >= 500) throw new Error(`${url.host} responded with HTTP ${status}`);
  throw new FeedpulseError('HUB_REJECTED', `${url.host} responded with HTTP ${status} for ${describeUrl(url)}.`);
}

/**
 * GET from byte `from` on. Follows redirects to HTTPS or loopback addresses. The caller must close the response.
 * @throws HUB_REJECTED for other addresses; the network error otherwise
 */
async function getFrom(url: URL, from: number): Promise<HttpStream> {
  let current = url;
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    const response = await getOnce(requireSecure(current), from);
    const { location } = response.headers;
    if (!redirectStatuses.has(response.status) || location === undefined) return response;
    await response.close();
    if (!URL.canParse(location, current.href)) throw new FeedpulseError('HUB_REJECTED', `${current.host} redirects to an invalid URL.`);
    current = new URL(location, current);
  }
  throw new FeedpulseError('HUB_REJECTED', `${url.host} redirects more than ${maxRedirects} times.`);
}

function getOnce(url: URL, from: number): Promise<HttpStream> {
  // Ranges count the bytes of the file, so the response must not be compressed.
  const headers = { 'accept-encoding': 'identity', 'user-agent': 'feedpulse', ...(from > 0 && { range: `bytes=${from}-` }) };
  return openHttpStream(url, { headers, idleTimeoutMs });
}

/** Size in bytes; 0 if the file does not exist. */
async function fileSize(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Host and path, for messages. */
function describeUrl(url: URL): string {
  return `${url.host}${url.pathname}`;
}

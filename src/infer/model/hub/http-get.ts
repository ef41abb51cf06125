import { get as getPlain, type IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { FeedpulseError } from '../../../lib/errors.ts';
import { checkTransport } from './repository.ts';

const mostRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Milliseconds without a byte after which a connection is taken for dead. */
const idleMs = 30_000;

/**
 * The answer to a GET from byte `from` on, after redirects, which lead to https or to this machine only. Its body is still
 * to be read, or to be destroyed. Rejects with HUB_REJECTED for such an address, with whatever failed otherwise.
 */
export async function httpGet(url: URL, from: number): Promise<IncomingMessage> {
  let at = url;
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    const answer = await askOnce(checkTransport(at), from);
    const { location } = answer.headers;
    if (!redirects.has(answer.statusCode ?? 0) || location === undefined) return answer;
    answer.destroy();
    if (!URL.canParse(location, at.href)) throw new FeedpulseError('HUB_REJECTED', `${at.host} leads to an address that is none.`);
    at = new URL(location, at);
  }
  throw new FeedpulseError('HUB_REJECTED', `${url.host} leads from one address to the next, more than ${mostRedirects} times.`);
}

function askOnce(url: URL, from: number): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? get : getPlain;
  // Compressed bytes would not be those that a range counts.
  const headers = { 'accept-encoding': 'identity', 'user-agent': 'feedpulse', ...(from > 0 && { range: `bytes=${from}-` }) };
  return new Promise((resolve, reject) => {
    const sent = send(url, { headers }, resolve);
    sent.once('error', reject);
    sent.setTimeout(idleMs, () => sent.destroy(new Error(`nothing came for ${idleMs / 1_000} s`)));
  });
}

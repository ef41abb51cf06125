import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import ipaddr from 'ipaddr.js';
import { FeedpulseError } from '../../lib/errors.ts';

/** Whether an IP address is one of the public internet: not of this machine, its networks, or set aside for something else. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv6 address can carry an IPv4 one, which is then the one that counts.
  return ipaddr.process(address).range() === 'unicast';
}

/** @throws WEBHOOK_REJECTED for a host that is an address, and no public one: such a host is never looked up */
export function checkHost(host: string): void {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) !== 0 && !isPublicAddress(address)) throw refusal(host);
}

/**
 * Looks a name up, and lets a connection be made to what was found and checked, with no second look-up in between
 * that could answer differently. One private address among several is enough to refuse.
 */
export function guardedLookup(look: typeof lookup = lookup): LookupFunction {
  return (host, options, callback) => {
    look(host, { ...options, all: true }, (fault, found: LookupAddress[]) => {
      const [first] = found ?? [];
      if (fault || !first) return callback(fault ?? refusal(host), '', 0);
      if (!found.every(({ address }) => isPublicAddress(address))) return callback(refusal(host), '', 0);
      // Node asks for all where it may try several.
      return options.all ? callback(null, found) : callback(null, first.address, first.family);
    });
  };
}

/** An address of a host, checked: for what connects to addresses alone. @throws WEBHOOK_REJECTED, and the look-up's own errors */
export async function publicAddressOf(host: string): Promise<string> {
  checkHost(host);
  const found = await promisify(guardedLookup())(host, {});
  return typeof found === 'string' ? found : (found[0]?.address ?? host);
}

function refusal(host: string): FeedpulseError {
  return new FeedpulseError('WEBHOOK_REJECTED', `${host} is not on the public internet.`);
}

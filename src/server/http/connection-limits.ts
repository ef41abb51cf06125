import type { Server } from 'node:http';
import { BlockList, isIP, type Socket } from 'node:net';
import { normalizeIP } from '@fastify/rate-limit';
import { readOpenFileLimit } from '../../lib/open-file-limit.ts';

const mostConnections = 1_000;
/** Share of all connections that one address may hold. */
const maxShare = 1 / 4;

/**
 * 1,000, or a quarter of the file descriptors that the process may open: the database needs the others, and could not go on
 * without any.
 */
export function defaultMaxConnections(): number {
  const files = readOpenFileLimit();
  return files === undefined ? mostConnections : Math.min(mostConnections, Math.ceil(files / 4));
}

/** Closes connections beyond `max`, and those of one address beyond a quarter of it, so that one client cannot shut out all others. */
export function limitConnections(server: Server, max: number, trustedProxies: readonly string[]): void {
  server.maxConnections = max;
  const isProxy = addressMatcher(trustedProxies);
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress;
    // A proxy brings many clients.
    if (address === undefined || isProxy(address)) return;
    const client = normalizeIP(address);
    open.set(client, (open.get(client) ?? 0) + 1);
    socket.once('close', () => {
      const left = (open.get(client) ?? 1) - 1;
      if (left > 0) open.set(client, left);
      else open.delete(client);
    });
    if ((open.get(client) ?? 0) > max * maxShare) socket.destroy();
  });
}

/** @param ranges IP addresses and networks in CIDR notation */
function addressMatcher(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(prefix), family);
  }
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

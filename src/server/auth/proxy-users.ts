import { BlockList, isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { Config } from '../../config/schema.ts';
import type { Role } from '../../domain/roles.ts';

type Settings = Pick<Config['server'], 'trustedProxies' | 'proxyAuth'>;

export interface ProxyUser {
  readonly name: string;
  readonly role: Role;
}

/** Longer than any name or e-mail address. */
const maxNameLength = 200;

/** The user in the header of a reverse proxy; trusted only if the connection comes from one of the trusted proxies. */
export function createProxyUsers({ trustedProxies, proxyAuth }: Settings): (request: FastifyRequest) => ProxyUser | undefined {
  if (!proxyAuth) return () => undefined;
  const proxies = createBlockList(trustedProxies);
  const header = proxyAuth.header.toLowerCase();
  return ({ raw }) => {
    if (!contains(proxies, raw.socket.remoteAddress ?? '')) return undefined;
    // A proxy that appends to a client's header would let clients choose a name, so several values are treated as none.
    const [name, ...more] = raw.headersDistinct[header]?.flatMap((value) => value.split(',')).map((part) => part.trim()) ?? [];
    if (!name || more.length > 0 || name.length > maxNameLength) return undefined;
    return { name, role: resolveRole(name, proxyAuth) };
  };
}

function resolveRole(name: string, { role, editors, admins }: NonNullable<Settings['proxyAuth']>): Role {
  if (admins.includes(name)) return 'admin';
  return role === 'viewer' && editors.includes(name) ? 'editor' : role;
}

function createBlockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    const family = isIPv6(network) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(bits), family);
  }
  return list;
}

/** A dual-stack socket reports IPv4 addresses as IPv6. */
function contains(list: BlockList, address: string): boolean {
  const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, '');
  return plain !== '' && list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}

import { BlockList, isIP } from 'node:net';
import type { PatternDialect } from './dialect.ts';
import { PatternError } from './pattern-error.ts';

const REMEDY = 'cidr takes a block of addresses such as "10.0.0.0/24" or "2001:db8::/32"';

/**
 * Compiles `10.0.0.0/24`, `2001:db8::/32`, or a single address where the dialect takes one.
 *
 * @throws PatternError
 */
export function compileCidr(
  argument: unknown,
  path: readonly string[],
  { takesSingleAddress }: PatternDialect,
): (text: string) => boolean {
  const wrong = (reason: string): PatternError => new PatternError(reason, path, REMEDY);
  // AWS reads it as it reads a prefix, and says so.
  if (typeof argument !== 'string') throw wrong('prefix match pattern must be a string');
  const [address = '', bitsText, ...more] = argument.split('/');
  if (more.length > 0 || (bitsText === undefined && !takesSingleAddress)) {
    throw wrong("Malformed CIDR, one '/' required");
  }
  const version = isIP(address);
  if (version === 0) throw wrong(`Nonstandard IP address: ${address.slice(0, 100)}`);
  const most = version === 4 ? 32 : 128;
  if (bitsText !== undefined && !/^\d{1,3}$/.test(bitsText)) {
    throw wrong('Malformed CIDR, mask bits must be an integer');
  }
  const bits = bitsText === undefined ? most : Number(bitsText);
  if (bits > most) throw wrong(`IPv${version} mask bits must be < ${most + 1}`);
  const block = new BlockList();
  const family = version === 4 ? 'ipv4' : 'ipv6';
  block.addSubnet(address, bits, family);
  // An IPv4 address in the clothes of IPv6 (::ffff:10.0.0.1) is no address of an IPv4 block.
  return (value) => isIP(value) === version && block.check(value, family);
}

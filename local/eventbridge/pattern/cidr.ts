import { BlockList, isIP } from 'node:net';
import { invalidPattern, place } from './invalid-pattern.ts';

/**
 * Compiles `10.0.0.0/24`, `2001:db8::/32`, or a single address.
 *
 * @throws AwsApiError InvalidEventPatternException
 */
export function compileCidr(argument: unknown, path: readonly string[]): (text: string) => boolean {
  const text = typeof argument === 'string' ? argument : '';
  const [address = '', bitsText, ...more] = text.split('/');
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  const bits = bitsText === undefined ? most : Number(bitsText);
  const areBits = bitsText === undefined || /^\d{1,3}$/.test(bitsText);
  if (version === 0 || more.length > 0 || !areBits || bits > most) {
    throw invalidPattern(
      `cidr at ${place(path)} takes a block of addresses such as "10.0.0.0/24", not ${JSON.stringify(argument)}`,
    );
  }
  const block = new BlockList();
  const family = version === 4 ? 'ipv4' : 'ipv6';
  block.addSubnet(address, bits, family);
  // An IPv4 address in the clothes of IPv6 (::ffff:10.0.0.1) is no address of an IPv4 block.
  return (value) => isIP(value) === version && block.check(value, family);
}

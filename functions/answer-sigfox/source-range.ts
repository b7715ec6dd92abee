import { BlockList, isIP } from 'node:net';

/** Where Sigfox's callbacks come from, by its own documentation. */
export const SIGFOX_SOURCE_RANGE = '185.110.96.0/22';

/**
 * Compiles ranges of addresses, such as `185.110.96.0/22, 2001:db8::/32`.
 *
 * @returns whether an address is in one of them; undefined when the text is not such a list.
 */
export function compileSourceRanges(text: string): ((address: string) => boolean) | undefined {
  const ranges = new BlockList();
  for (const range of text.split(',')) {
    const [, address = '', length = ''] = /^\s*([0-9a-fA-F.:]+)\/(\d{1,3})\s*$/.exec(range) ?? [];
    const version = isIP(address);
    if (version === 0 || Number(length) > (version === 4 ? 32 : 128)) return undefined;
    ranges.addSubnet(address, Number(length), version === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => {
    const version = isIP(address);
    return version !== 0 && ranges.check(address, version === 4 ? 'ipv4' : 'ipv6');
  };
}

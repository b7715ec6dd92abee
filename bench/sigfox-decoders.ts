import { createRequire } from 'node:module';

/** Decodes a payload by a config; what it gives is looked at. */
export type Decode = (hex: string) => Readonly<Record<string, unknown>>;

/**
 * What anybody would write: the config is split for each message, and each field read out of a buffer. It knows
 * whole bytes in big-endian order, and no more.
 */
export function naiveDecoder(config: string): Decode {
  return (hex) => {
    const bytes = Buffer.from(hex, 'hex');
    const values: Record<string, number> = {};
    let at = 0;
    for (const field of config.split(' ')) {
      const [name = '', index = '', type = '', bits = ''] = field.split(':');
      const length = Number(bits) / 8;
      const from = index === '' ? at : Number(index);
      values[name] = type === 'int' ? bytes.readIntBE(from, length) : bytes.readUIntBE(from, length);
      at = from + length;
    }
    return values;
  };
}

/** The parser of the package sigfox-parser, by Waylay; undefined where it is not installed. */
export function waylayDecoder(config: string): Decode | undefined {
  let parse: unknown;
  try {
    parse = createRequire(import.meta.url)('sigfox-parser');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
    if (isMissing) return undefined;
    throw error;
  }
  if (typeof parse !== 'function') throw new Error('sigfox-parser exports no function');
  const call = parse;
  return (hex) => {
    const values: unknown = Reflect.apply(call, undefined, [hex, config]);
    if (typeof values !== 'object' || values === null) throw new Error('sigfox-parser gave no object');
    return { ...values };
  };
}

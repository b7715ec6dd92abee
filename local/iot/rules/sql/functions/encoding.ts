import type { MessageContext } from '../context.ts';
import { toText } from '../conversions.ts';
import { SqlEvaluationError } from '../errors.ts';
import { readJson } from '../json-reader.ts';
import type { SqlValue } from '../values.ts';
import { readBase64 } from './base64.ts';
import type { CallSite, SqlFunction } from './function.ts';
import { decodeProtobuf } from './decode-protobuf.ts';

const isFirst = (operandIndex: number): boolean => operandIndex === 0;

/** Functions between bytes and values. */
export const encodingFunctions: readonly SqlFunction[] = [
  {
    name: 'encode',
    signature: 'encode(value, encodingScheme)',
    minArguments: 2,
    maxArguments: 2,
    sinceVersion: '2016-03-23',
    /** The whole payload may be any bytes. */
    readsPayloadBytes: isFirst,
    evaluate: (context, [value, scheme], site) => {
      const bytes = bytesOf(context, value, site);
      if (scheme !== 'base64') return unknownScheme('encode', scheme, site);
      return bytes === undefined ? undefined : Buffer.from(bytes).toString('base64');
    },
  },
  {
    name: 'decode',
    signature: "decode(value, 'base64') or decode(value, 'proto', bucket, key, protoName, messageType)",
    minArguments: 2,
    maxArguments: 6,
    sinceVersion: '2016-03-23',
    readsPayloadBytes: isFirst,
    evaluate: (context, operands, site) => {
      const [value, scheme] = operands;
      const bytes = bytesOf(context, value, site);
      if (scheme === 'proto') return decodeProtobuf(context, bytes, operands, site);
      if (scheme !== 'base64') return unknownScheme('decode', scheme, site);
      if (value === null) return null;
      return bytes === undefined ? undefined : decodeBase64(Buffer.from(bytes).toString('latin1'), site);
    },
  },
];

/** The whole payload for `*`, otherwise the UTF-8 of the value's String; undefined without one. */
function bytesOf({ payload }: MessageContext, value: SqlValue, site: CallSite): Uint8Array | undefined {
  if (site.wholePayloadOperands.includes(0)) return payload.bytes;
  const text = toText(value);
  return text === undefined ? undefined : Buffer.from(text);
}

/** A JSON document gives its value, other text a String; NULL is what cannot be decoded. */
function decodeBase64(text: string, { version, switches }: CallSite): SqlValue {
  const bytes = readBase64(text);
  if (bytes === undefined) return null;
  const decoded = decodeText(bytes, switches.decodeBrokenText);
  if (decoded === null) return null;
  try {
    return readJson(decoded, version);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return decoded;
    throw thrown;
  }
}

function decodeText(bytes: Uint8Array, brokenText: 'replaced' | 'null'): string | null {
  const decoder = new TextDecoder('utf-8', { fatal: brokenText === 'null', ignoreBOM: true });
  try {
    return decoder.decode(bytes);
  } catch (thrown) {
    if (thrown instanceof TypeError) return null;
    throw thrown;
  }
}

function unknownScheme(name: string, scheme: SqlValue, { switches }: CallSite): undefined {
  if (switches.unknownEncoding === 'undefined') return undefined;
  throw new SqlEvaluationError(
    'PATTERN_NOT_SERVED',
    `${name}() with the scheme ${toText(scheme) ?? 'Undefined'} is not served: AWS documents base64`,
  );
}

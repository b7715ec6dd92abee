import { createHash } from 'node:crypto';
import { sqsError } from './errors.ts';

/** One message attribute, in the shape of the JSON protocol: `BinaryValue` is base64. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: string | undefined;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

const MAX_ATTRIBUTES = 10;
const NAME = /^(?!aws\.|amazon\.)(?!\.)(?!.*\.\.)[a-z0-9_.-]{1,256}(?<!\.)$/i;
const DATA_TYPE = /^(String|Number|Binary)(\..{1,248})?$/s;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * What a message body or a string may consist of: the characters of XML 1.0, because the query protocol has to
 * carry it (SQS API, SendMessage).
 */
// eslint-disable-next-line no-control-regex
const REFUSED_CHARACTER = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

export function hasOnlyAllowedCharacters(text: string): boolean {
  return !REFUSED_CHARACTER.test(text) && text.isWellFormed();
}

/**
 * Checks names, types and values of message attributes.
 *
 * @throws AwsApiError `InvalidParameterValue` that names the attribute.
 */
export function validateMessageAttributes(attributes: MessageAttributes): void {
  const entries = Object.entries(attributes);
  if (entries.length > MAX_ATTRIBUTES) {
    throw invalid(`Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`);
  }
  for (const [name, attribute] of entries) {
    if (!NAME.test(name)) throw invalid(`Message attribute name '${name}' is invalid.`);
    validateValue(name, attribute);
  }
}

function validateValue(name: string, { DataType, StringValue, BinaryValue }: MessageAttribute): void {
  const base = DATA_TYPE.exec(DataType)?.[1];
  if (base === undefined) {
    throw invalid(
      `The type of message attribute '${name}' is invalid. You must use only the following supported type ` +
        'prefixes: Binary, Number, String.',
    );
  }
  const value = base === 'Binary' ? BinaryValue : StringValue;
  if (value === undefined || value === '') {
    const field = base === 'Binary' ? 'BinaryValue' : 'StringValue';
    throw invalid(
      `The message attribute '${name}' must contain a non-empty ${field} for its type '${DataType}'.`,
    );
  }
  const fits =
    base === 'Binary'
      ? BASE64.test(value)
      : hasOnlyAllowedCharacters(value) && (base === 'String' || NUMBER.test(value));
  if (!fits) throw invalid(`The value of message attribute '${name}' is no ${base}.`);
}

function invalid(message: string) {
  return sqsError('InvalidParameterValue', message);
}

/** What the attributes add to the size of a message: names, types and values count. */
export function attributesSizeBytes(attributes: MessageAttributes): number {
  return Object.entries(attributes).reduce(
    (size, [name, attribute]) =>
      size +
      Buffer.byteLength(name) +
      Buffer.byteLength(attribute.DataType) +
      valueOf(attribute).bytes.length,
    0,
  );
}

/**
 * The MD5 of message attributes as SQS computes it (Developer Guide, "Calculating the MD5 message digest for
 * message attributes"): by name, each of name, type and value with its length before it, and before the value
 * a byte that says text (1) or binary (2). Undefined without attributes.
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const entries = Object.entries(attributes);
  if (entries.length === 0) return undefined;
  entries.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const hash = createHash('md5');
  const add = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const [name, attribute] of entries) {
    const { transport, bytes } = valueOf(attribute);
    add(Buffer.from(name));
    add(Buffer.from(attribute.DataType));
    hash.update(Buffer.of(transport));
    add(bytes);
  }
  return hash.digest('hex');
}

function valueOf({ DataType, StringValue = '', BinaryValue = '' }: MessageAttribute) {
  return DataType.startsWith('Binary')
    ? { transport: 2, bytes: Buffer.from(BinaryValue, 'base64') }
    : { transport: 1, bytes: Buffer.from(StringValue) };
}

/** The attributes that a receiver asked for: by name, `All`, `.*`, or every name under `prefix.*`. */
export function selectAttributes(
  attributes: MessageAttributes,
  wanted: readonly string[],
): MessageAttributes {
  const isWanted = (name: string): boolean =>
    wanted.some((pattern) => {
      if (pattern === 'All' || pattern === '.*') return true;
      return pattern.endsWith('.*') ? name.startsWith(pattern.slice(0, -2)) : name === pattern;
    });
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isWanted(name)));
}

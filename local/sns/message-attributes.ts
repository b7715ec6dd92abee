import { snsError } from './errors.ts';
import type { MessageAttribute } from './notification.ts';

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

const MAX_NAME_CHARACTERS = 256;
const DATA_TYPE = /^(String|Number|Binary)(?:\.\S{1,248})?$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Names that begin like AWS's own are AWS's own: there are these. */
const OWN_NAME = /^AWS\.(?:SNS|MM)\./;

/**
 * Checks names, types and values of message attributes.
 *
 * @throws AwsApiError ParameterValueInvalid that names the attribute, in the words of SNS.
 */
export function checkAttributes(attributes: MessageAttributes): void {
  for (const [name, attribute] of Object.entries(attributes)) {
    checkName(name);
    checkValue(name, attribute);
  }
}

/** What attributes count with: name, type and value. */
export function attributesBytes(attributes: MessageAttributes): number {
  let bytes = 0;
  for (const [name, { DataType, StringValue = '', BinaryValue = '' }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType) + Buffer.byteLength(StringValue);
    bytes += Buffer.byteLength(BinaryValue, 'base64');
  }
  return bytes;
}

function checkName(name: string): void {
  if (name.length > MAX_NAME_CHARACTERS) {
    throw invalid('Length of message attribute name must be less than 256 bytes.');
  }
  if (name === '') throw invalid('The message attribute name must not be empty.');
  if (name.startsWith('.')) {
    throw invalid("Invalid message attribute name starting with character '.' was found.");
  }
  if (name.endsWith('.')) {
    throw invalid("Invalid message attribute name ending with character '.' was found.");
  }
  const wrong = /[^A-Za-z0-9_.-]/u.exec(name)?.[0];
  if (wrong !== undefined) {
    const code = (wrong.codePointAt(0) ?? 0).toString(16).toUpperCase();
    throw invalid(
      `Invalid non-alphanumeric character '#x${code}' was found in the message attribute name. Can only include ` +
        'alphanumeric characters, hyphens, underscores, or dots.',
    );
  }
  if (name.includes('..')) throw invalid("Message attribute name can not have successive '.' character.");
  if (/^(?:aws|amazon)\./i.test(name) && !OWN_NAME.test(name)) {
    throw invalid(`The message attribute name '${name}' begins as the names of AWS do, and is none of them.`);
  }
}

function checkValue(name: string, { DataType, StringValue, BinaryValue }: MessageAttribute): void {
  const base = DATA_TYPE.exec(DataType)?.[1];
  if (base === undefined) {
    throw invalid(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is ` +
        'Binary, Number, and String.',
    );
  }
  const value = base === 'Binary' ? BinaryValue : StringValue;
  const other = base === 'Binary' ? StringValue : BinaryValue;
  if (value === undefined && other !== undefined) {
    const field = base === 'Binary' ? 'Binary' : 'String';
    throw invalid(`The message attribute '${name}' with type '${DataType}' must use field '${field}'.`);
  }
  if (value === undefined || value === '') {
    throw invalid(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type ` +
        `'${DataType}'.`,
    );
  }
  if (DataType === 'Number' && !NUMBER.test(value)) {
    throw invalid(`Could not cast message attribute '${name}' value to number.`);
  }
}

function invalid(message: string): Error {
  return snsError('ParameterValueInvalid', message);
}

import type { MessageContext } from '../context.ts';
import { SqlEvaluationError } from '../errors.ts';
import { askForBytes } from '../external/calls.ts';
import { readJson } from '../json-reader.ts';
import type { SqlValue } from '../values.ts';
import { readBase64 } from './base64.ts';
import type { CallSite } from './function.ts';
import { findMessageType, messageJson } from './protobuf.ts';

/**
 * `decode(value, 'proto', bucket, key, protoName, messageType)`: the message as JSON. The value is the whole payload as
 * `*`, or a String of base64. NULL is what cannot be decoded; Undefined is an argument that is no String.
 *
 * @throws PendingCall while the descriptor set is under way
 * @throws SqlEvaluationError DESCRIPTOR_NOT_USABLE when the file is no descriptor set, or has no such message type;
 *   and what the call of the other service throws
 */
export function decodeProtobuf(
  context: MessageContext,
  value: Uint8Array | undefined,
  operands: readonly SqlValue[],
  site: CallSite,
): SqlValue {
  const [, , bucket, key, protoName, messageType] = operands;
  if (typeof bucket !== 'string' || typeof key !== 'string') return undefined;
  if (typeof protoName !== 'string' || typeof messageType !== 'string' || value === undefined)
    return undefined;
  const call = { name: 'decode', site, resources: { S3Bucket: bucket, S3Key: key } };
  const descriptorSet = askForBytes(context, call, (services) => services.getObject(bucket, key));
  const type = findMessageType(descriptorSet, protoName, messageType);
  if (type === undefined) {
    throw new SqlEvaluationError(
      'DESCRIPTOR_NOT_USABLE',
      `s3://${bucket}/${key} is no descriptor set with a file ${protoName}.proto and its message ${messageType}`,
    );
  }
  const isWholePayload = site.wholePayloadOperands.includes(0);
  const bytes = isWholePayload ? value : readBase64(Buffer.from(value).toString('latin1'));
  const json = bytes === undefined ? undefined : messageJson(type, bytes);
  return json === undefined ? null : readJson(json, site.version);
}

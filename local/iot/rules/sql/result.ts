import type { Payload } from './context.ts';
import { toJson } from './conversions.ts';
import type { SqlValue } from './values.ts';

/** What a rule's SELECT gives its actions. */
export interface SelectResult {
  /** The result as a JSON value; do not change it. @throws SqlEvaluationError PAYLOAD_NOT_JSON */
  json(): SqlValue;
  /** The result as bytes: `SELECT *` gives the payload as it came. @throws SqlEvaluationError VALUE_TOO_DEEP */
  bytes(): Uint8Array;
  isJson(): boolean;
}

/** The result of `SELECT *` alone: whatever the payload is. */
export function payloadResult(payload: Payload): SelectResult {
  return { json: () => payload.json(), bytes: () => payload.bytes, isJson: () => payload.isJson() };
}

/** A result that was built; it is written out when the first action wants bytes. */
export function valueResult(value: Exclude<SqlValue, undefined>): SelectResult {
  let bytes: Uint8Array | undefined;
  return { json: () => value, bytes: () => (bytes ??= Buffer.from(toJson(value))), isJson: () => true };
}

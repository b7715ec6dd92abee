import { writeJson } from './json-writer.ts';
import type { Payload } from './payload.ts';
import type { Switches } from './switches.ts';
import type { SqlValue } from './values.ts';
import type { SqlVersion } from './version.ts';

/** What a rule's SELECT gives its actions. */
export interface SelectResult {
  /**
   * The result as a JSON value; do not change it. A number that no double carries is an ExactNumber (`values.ts`),
   * which JSON.stringify writes with every digit; `SELECT VALUE` of what is not there is Undefined.
   *
   * @throws SqlEvaluationError PAYLOAD_NOT_JSON
   */
  json(): SqlValue;
  /** The result as bytes: `SELECT *` gives the payload as it came. @throws SqlEvaluationError VALUE_TOO_DEEP */
  bytes(): Uint8Array;
  isJson(): boolean;
}

/** The result of `SELECT *` alone: whatever the payload is. */
export function payloadResult(payload: Payload, version: SqlVersion): SelectResult {
  return { json: () => payload.json(version), bytes: () => payload.bytes, isJson: () => payload.isJson() };
}

/** A result that was built; it is written out when the first action wants bytes. Undefined is written as nothing. */
export function valueResult(value: SqlValue, textValue: Switches['textValue'] = 'json'): SelectResult {
  let bytes: Uint8Array | undefined;
  return {
    json: () => value,
    bytes: () => (bytes ??= Buffer.from(write(value, textValue))),
    isJson: () => value !== undefined && !(typeof value === 'string' && textValue === 'bare'),
  };
}

function write(value: SqlValue, textValue: Switches['textValue']): string {
  if (value === undefined) return '';
  return typeof value === 'string' && textValue === 'bare' ? value : writeJson(value);
}

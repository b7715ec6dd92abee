import { isUtf8 } from 'node:buffer';
import type { SelectResult } from '../sql/result.ts';
import type { SqlValue } from '../sql/values.ts';
import { ActionError } from './action.ts';

/** Bytes as text. @throws ActionError BODY_NOT_TEXT that says who needs text and what to do. */
export function textOf(bytes: Uint8Array, needs: string, wayOut: string): string {
  if (isUtf8(bytes)) return bufferOf(bytes).toString('utf8');
  throw new ActionError('BODY_NOT_TEXT', `the payload is not UTF-8, which ${needs} requires: ${wayOut}`);
}

/** Bytes as text where they are some, otherwise in base64, which `encoding` then says. */
export function textOrBase64(bytes: Uint8Array): { data: string } | { data: string; encoding: 'base64' } {
  if (isUtf8(bytes)) return { data: bufferOf(bytes).toString('utf8') };
  return { data: bufferOf(bytes).toString('base64'), encoding: 'base64' };
}

/** The result as a JSON value. @throws ActionError RESULT_NOT_JSON that says who needs JSON. */
export function jsonOf(result: SelectResult, needs: string): SqlValue {
  if (result.isJson()) return result.json();
  throw new ActionError('RESULT_NOT_JSON', `the result of SELECT is not JSON, which ${needs} requires`);
}

/** The same bytes: they are not copied. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

import { isUtf8 } from 'node:buffer';
import { SqlEvaluationError } from './errors.ts';
import type { SqlValue } from './values.ts';

/** The original payload of a message: parsed when it is first read as JSON, and once for all rules. */
export class Payload {
  readonly bytes: Uint8Array;
  #json: { readonly value: SqlValue } | { readonly error: SqlEvaluationError } | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /**
   * The payload as JSON. Rules share the value: do not change it. An empty payload counts as `{}`, because AWS
   * documents that data can be added to it.
   *
   * @throws SqlEvaluationError PAYLOAD_NOT_JSON
   */
  json(): SqlValue {
    this.#json ??= parse(this.bytes);
    if ('error' in this.#json) throw this.#json.error;
    return this.#json.value;
  }

  isJson(): boolean {
    this.#json ??= parse(this.bytes);
    return 'value' in this.#json;
  }
}

/** All that an expression can see of a message. */
export interface MessageContext {
  readonly payload: Payload;
  /** As `topic()` gives it: without the prefix of Basic Ingest. */
  readonly topic: string;
  readonly clientId?: string;
  readonly principal?: string;
  readonly sourceIp?: string;
  /** Only for a message that came over MQTT. */
  readonly traceId?: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  newUuid(): string;
}

function parse(bytes: Uint8Array): { value: SqlValue } | { error: SqlEvaluationError } {
  if (bytes.length === 0) return { value: {} };
  if (!isUtf8(bytes)) return { error: notJson('it is not UTF-8') };
  try {
    const value: SqlValue = JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'),
    );
    return { value };
  } catch (thrown) {
    return { error: notJson('it cannot be parsed', thrown) };
  }
}

function notJson(reason: string, cause?: unknown): SqlEvaluationError {
  return new SqlEvaluationError(
    'PAYLOAD_NOT_JSON',
    `the payload is not JSON (${reason}): only SELECT * without other columns takes any payload`,
    cause,
  );
}

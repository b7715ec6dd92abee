import { isUtf8 } from 'node:buffer';
import { SqlEvaluationError } from './errors.ts';
import { readScannedJson } from './json-reader.ts';
import { type JsonNeeds, scanJson } from './json-scan.ts';
import type { SqlValue } from './values.ts';
import type { SqlVersion } from './version.ts';

type Reading = { readonly value: SqlValue } | { readonly error: SqlEvaluationError };

/** The original payload of a message: parsed when it is first read as JSON, and once for all rules. */
export class Payload {
  readonly bytes: Uint8Array;
  #needs: JsonNeeds | undefined;
  #reading: Reading | undefined;
  /** As 2015-10-08 reads it, when that makes a difference. */
  #firstVersionReading: Reading | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /**
   * The payload as JSON. Rules share the value: do not change it. An empty payload counts as `{}`, because AWS
   * documents that data can be added to it.
   *
   * @throws SqlEvaluationError PAYLOAD_NOT_JSON, VALUE_TOO_DEEP or NUMBER_OUT_OF_RANGE
   */
  json(version: SqlVersion = '2016-03-23'): SqlValue {
    const reading = this.#readingFor(version);
    if ('error' in reading) throw reading.error;
    return reading.value;
  }

  /** The payload as JSON; Undefined when it is none. @throws SqlEvaluationError VALUE_TOO_DEEP or NUMBER_OUT_OF_RANGE */
  attributes(version: SqlVersion): SqlValue {
    const reading = this.#readingFor(version);
    if (!('error' in reading)) return reading.value;
    if (reading.error.code === 'PAYLOAD_NOT_JSON') return undefined;
    throw reading.error;
  }

  isJson(): boolean {
    this.#reading ??= this.#read('2016-03-23');
    return 'value' in this.#reading;
  }

  #readingFor(version: SqlVersion): Reading {
    if (version === '2015-10-08') return this.#readFirstVersion();
    return (this.#reading ??= this.#read(version));
  }

  #readFirstVersion(): Reading {
    if (this.#firstVersionReading !== undefined) return this.#firstVersionReading;
    this.#reading ??= this.#read('2016-03-23');
    const isSame = this.#needs === undefined || !this.#needs.hasWholeDecimals;
    this.#firstVersionReading = isSame ? this.#reading : this.#read('2015-10-08');
    return this.#firstVersionReading;
  }

  #read(version: SqlVersion): Reading {
    const { bytes } = this;
    if (bytes.length === 0) return { value: {} };
    if (!isUtf8(bytes)) return { error: notJson('it is not UTF-8') };
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
    try {
      this.#needs ??= scanJson(text);
      return { value: readScannedJson(text, this.#needs, version) };
    } catch (thrown) {
      return {
        error: thrown instanceof SqlEvaluationError ? thrown : notJson('it cannot be parsed', thrown),
      };
    }
  }
}

function notJson(reason: string, cause?: unknown): SqlEvaluationError {
  return new SqlEvaluationError(
    'PAYLOAD_NOT_JSON',
    `the payload is not JSON (${reason}): only SELECT * without other columns takes any payload`,
    cause,
  );
}

import { GlasshouseError } from '../errors.ts';

export type PayloadConfigErrorCode =
  | 'CONFIG_EMPTY'
  | 'CONFIG_TOO_LONG'
  | 'FIELD_INCOMPLETE'
  | 'FIELD_OVERLOADED'
  | 'NAME_INVALID'
  | 'NAME_DANGEROUS'
  | 'NAME_TAKEN'
  | 'INDEX_INVALID'
  | 'TYPE_UNKNOWN'
  | 'WIDTH_INVALID'
  | 'ENDIAN_UNKNOWN'
  | 'ENDIAN_NOT_WHOLE_BYTES'
  | 'BIT_INVALID'
  | 'SCALE_INVALID'
  | 'FIELD_BEYOND_PAYLOAD';

/** A payload config that cannot be compiled: which field, at which column of the text, and why. */
export class PayloadConfigError extends GlasshouseError {
  override readonly name = 'PayloadConfigError';
  declare readonly code: PayloadConfigErrorCode;
  /** Name of the field as written; empty when the field has none. */
  readonly field: string;
  /** Where the wrong part begins, from 1. */
  readonly column: number;

  constructor(
    code: PayloadConfigErrorCode,
    { field, column, reason }: { readonly field: string; readonly column: number; readonly reason: string },
  ) {
    const where = field === '' ? `column ${column}` : `field "${field}", column ${column}`;
    super(`payload config, ${where}: ${reason}`, { code, retryable: false, data: { field, column } });
    this.field = field;
    this.column = column;
  }
}

export type PayloadErrorCode =
  | 'PAYLOAD_NOT_HEX'
  | 'PAYLOAD_TOO_SHORT'
  | 'PAYLOAD_TOO_LONG'
  | 'VALUE_UNUSABLE';

/** A payload that cannot be decoded, or values that cannot be encoded. */
export class PayloadError extends GlasshouseError {
  override readonly name = 'PayloadError';
  declare readonly code: PayloadErrorCode;
  /** Name of the field that could not be read or written; empty when it is the payload as a whole. */
  readonly field: string;
  /** Column of the field in the config, from 1; 0 when it is the payload as a whole. */
  readonly column: number;

  constructor(
    code: PayloadErrorCode,
    message: string,
    {
      field = '',
      column = 0,
      data = {},
    }: {
      readonly field?: string;
      readonly column?: number;
      readonly data?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    const where = field === '' ? 'payload' : `payload, field "${field}" (column ${column} of the config)`;
    super(`${where}: ${message}`, { code, retryable: false, data: { ...data, field, column } });
    this.field = field;
    this.column = column;
  }
}

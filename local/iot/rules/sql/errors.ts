import { GlasshouseError } from '../../../../shared/errors.ts';

export type SqlParseErrorCode =
  | 'UNEXPECTED_TOKEN'
  | 'UNEXPECTED_CHARACTER'
  | 'UNTERMINATED_STRING'
  | 'MALFORMED_NUMBER'
  | 'NUMBER_OUT_OF_RANGE'
  | 'COMMENT'
  | 'NOT_SERVED_YET'
  | 'NOT_IN_THIS_VERSION'
  | 'UNKNOWN_FUNCTION'
  | 'WRONG_ARGUMENT_COUNT'
  | 'UNNAMED_COLUMN'
  | 'INVALID_TOPIC_FILTER'
  | 'STATEMENT_TOO_LONG'
  | 'EXPRESSION_TOO_LARGE'
  | 'UNKNOWN_VARIABLE'
  | 'INVALID_VARIABLE';

/** A rule's SQL, or an expression in a substitution template, cannot be compiled. */
export class SqlParseError extends GlasshouseError {
  override readonly name = 'SqlParseError' as const;
  declare readonly code: SqlParseErrorCode;
  /** Where it stands: characters from the beginning of the text, the first one is 1. */
  readonly column: number;
  /** What stands there. */
  readonly found: string;
  /** What could stand there instead. */
  readonly supported: string;

  constructor(code: SqlParseErrorCode, at: { column: number; found: string; supported: string }) {
    super(`SQL, column ${at.column}: found ${at.found}; ${at.supported}`, {
      code,
      retryable: false,
      data: { ...at },
    });
    this.column = at.column;
    this.found = at.found;
    this.supported = at.supported;
  }
}

export type SqlEvaluationErrorCode =
  | 'PAYLOAD_NOT_JSON'
  | 'PAYLOAD_NOT_AN_OBJECT'
  | 'VALUE_TOO_DEEP'
  | 'NUMBER_OUT_OF_RANGE'
  | 'DIVISION_BY_ZERO'
  | 'VALUE_TOO_LARGE'
  | 'TOO_MUCH_WORK'
  | 'NOT_IN_THIS_VERSION'
  | 'UNKNOWN_VARIABLE'
  | 'EXTERNAL_NOT_AVAILABLE'
  | 'EXTERNAL_CALL_FAILED'
  | 'EXTERNAL_LIMIT_EXCEEDED'
  | 'PATTERN_NOT_SERVED'
  | 'PATTERN_TOO_COSTLY'
  | 'TIME_NOT_READABLE'
  | 'DESCRIPTOR_NOT_USABLE';

/** The rule's SQL cannot be evaluated for one message: none of its actions runs. */
export class SqlEvaluationError extends GlasshouseError {
  override readonly name = 'SqlEvaluationError' as const;
  declare readonly code: SqlEvaluationErrorCode;

  constructor(code: SqlEvaluationErrorCode, message: string, cause?: unknown) {
    super(message, { code, retryable: false, cause });
  }
}

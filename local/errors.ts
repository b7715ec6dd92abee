import { GlasshouseError } from '../shared/errors.ts';

/** The template, a setting or a file asks for something that this cloud cannot do or cannot read. */
export class ConfigurationError extends GlasshouseError {
  override readonly name = 'ConfigurationError' as const;

  constructor(message: string, options: { code: string; data?: Record<string, unknown>; cause?: unknown }) {
    super(message, { ...options, retryable: false });
  }
}

/**
 * An error that an AWS API answers with: `code` is AWS's own error type (`ResourceNotFoundException`, …),
 * `status` the HTTP status it travels under.
 */
export class AwsApiError extends GlasshouseError {
  override readonly name = 'AwsApiError' as const;
  readonly status: number;

  constructor(status: number, code: string, message: string, data?: Record<string, unknown>) {
    super(message, { code, retryable: status >= 500, ...(data === undefined ? {} : { data }) });
    this.status = status;
  }
}

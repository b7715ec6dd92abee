import { GlasshouseError } from '../../shared/errors.ts';
import { RejectedInputError } from '../../shared/rejections.ts';
import { awsErrorName, isTransient } from '../../shared/transient.ts';

export interface ActivationErrorOptions {
  readonly code: string;
  /** Whether the same event may succeed when it comes again. */
  readonly retryable: boolean;
  /** The step that it happened in. */
  readonly step: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * A step could not be done. It says nothing about the certificate, which stays as it is: Lambda runs the event
 * again, and keeps it in the failures queue in the end.
 */
export class ActivationError extends GlasshouseError {
  override readonly name = 'ActivationError' as const;
  readonly step: string;
  /** Whether no replay can help before a person has changed something. */
  readonly terminal: boolean;

  constructor(message: string, options: ActivationErrorOptions) {
    super(message, { ...options, data: { step: options.step, ...options.data } });
    this.step = options.step;
    this.terminal = !options.retryable;
  }
}

/** What a step threw, as an error of the activation. What refuses the event itself stays what it is. */
export function activationErrorOf(thrown: unknown, step: string): ActivationError | RejectedInputError {
  if (thrown instanceof ActivationError || thrown instanceof RejectedInputError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new ActivationError(`the step "${step}" failed: ${text}`, {
    ...kindOf(thrown),
    step,
    cause: thrown,
  });
}

function kindOf(thrown: unknown): { readonly code: string; readonly retryable: boolean } {
  if (thrown instanceof GlasshouseError) return { code: thrown.code, retryable: thrown.retryable };
  const awsName = awsErrorName(thrown);
  return {
    code: awsName === undefined ? 'UNEXPECTED' : toUpperSnake(awsName),
    retryable: isTransient(thrown),
  };
}

/** `ThrottlingException` → `THROTTLING` */
function toUpperSnake(name: string): string {
  return name
    .replace(/(?:Exception|Error)$/, '')
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .toUpperCase();
}

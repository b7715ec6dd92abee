import { z } from 'zod';
import { invalid } from './errors.ts';
import { compileInput } from './input/target-input.ts';
import type { RenderInput } from './input/transformer.ts';

/** EventBridge gives up after a day, or after this many further tries. */
const RETRY_DEFAULTS = { attempts: 185, ageSeconds: 86_400 } as const;

const QUEUE_ARN = /^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}$/;

/** A target as the API and CloudFormation write it. A parameter that is not here is refused by its name. */
const targetSchema = z.strictObject({
  Id: z.string().regex(/^[.\w-]{1,64}$/, 'it takes 1 to 64 letters, digits, ., - and _'),
  Arn: z.string().max(1_600),
  RoleArn: z.string().optional(),
  Input: z.string().max(8_192).optional(),
  InputPath: z.string().max(256).optional(),
  InputTransformer: z
    .strictObject({
      InputPathsMap: z.record(z.string(), z.string()).optional(),
      InputTemplate: z.string().min(1).max(8_192),
    })
    .optional(),
  DeadLetterConfig: z
    .strictObject({ Arn: z.string().regex(QUEUE_ARN, 'it is not the ARN of a standard queue').optional() })
    .optional(),
  RetryPolicy: z
    .strictObject({
      MaximumRetryAttempts: z.coerce.number().int().min(0).max(185).optional(),
      MaximumEventAgeInSeconds: z.coerce.number().int().min(60).max(86_400).optional(),
    })
    .optional(),
});

export type TargetDefinition = z.infer<typeof targetSchema>;

export type TargetKind = 'lambda' | 'sqs' | 'sns';

/** A target that events can be delivered to. */
export interface Target {
  readonly definition: TargetDefinition;
  readonly kind: TargetKind;
  readonly render: RenderInput;
  readonly maxRetries: number;
  readonly maxAgeSeconds: number;
  readonly deadLetterArn?: string;
}

/** Targets are told apart by their ARNs. */
const KINDS: readonly (readonly [RegExp, TargetKind])[] = [
  [/^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]{1,64}(?::[\w$-]{1,128})?$/, 'lambda'],
  [QUEUE_ARN, 'sqs'],
  [/^arn:aws:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/, 'sns'],
];

/**
 * Reads a target and compiles its input.
 *
 * @throws AwsApiError ValidationException for a target or a parameter that is not served, by name.
 */
export function readTarget(given: unknown): Target {
  const parsed = targetSchema.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw invalid(
      `A target cannot be served here: ${where === '' ? '' : `${where}: `}${issue?.message ?? 'it is none'}.`,
    );
  }
  const definition = parsed.data;
  const { Id, Arn, DeadLetterConfig, RetryPolicy } = definition;
  const kind = KINDS.find(([pattern]) => pattern.test(Arn))?.[1];
  if (kind === undefined) {
    throw invalid(
      `Parameter ${Arn.slice(0, 200)} of target ${Id} is not valid. Reason: targets that are served here are Lambda ` +
        'functions, standard SQS queues and standard SNS topics.',
    );
  }
  const deadLetterArn = DeadLetterConfig?.Arn;
  return {
    definition,
    kind,
    render: compileInput(definition),
    maxRetries: RetryPolicy?.MaximumRetryAttempts ?? RETRY_DEFAULTS.attempts,
    maxAgeSeconds: RetryPolicy?.MaximumEventAgeInSeconds ?? RETRY_DEFAULTS.ageSeconds,
    ...(deadLetterArn === undefined ? {} : { deadLetterArn }),
  };
}

import { z } from 'zod';
import { errorText, GlasshouseError } from '../../../../shared/errors.ts';
import type { IotMessage } from '../../message.ts';
import type { MessageContext } from '../sql/context.ts';
import type { SelectResult } from '../sql/result.ts';
import { compileTemplate, type Template } from '../sql/template.ts';
import type { ActionServices } from './services.ts';

/** What one action acts on. */
export interface ActionInvocation {
  readonly ruleName: string;
  readonly message: IotMessage;
  /** What templates are evaluated against: the original message. */
  readonly context: MessageContext;
  /** The SELECT result, or the failures when this is a rule's error action. */
  readonly result: SelectResult;
}

/** An action of one rule, its settings read and its templates compiled. */
export interface PreparedAction {
  /** What it acts on (function, topic, bucket, queue, table): `failedResource` when it fails. */
  readonly resource: Template;
  /** The URL that has to be confirmed before messages may be posted; only where no template stands in it. */
  readonly confirmationUrl?: string;
  /**
   * Renders every template before it does anything: where a render has to wait for another service, it is run
   * again from the start.
   *
   * @throws ActionError, SqlEvaluationError, or whatever the service rejects with.
   */
  run(resource: string, invocation: ActionInvocation, services: ActionServices): Promise<void>;
}

/** One kind of action, with its own type of settings hidden. */
export interface ActionKind {
  /** As CloudFormation names it. */
  readonly name: string;
  /** As error messages name it. */
  readonly failedAction: string;
  readonly settings: z.ZodObject;
  /** Reads settings and prepares their action. @throws ZodError */
  prepare(settings: unknown): PreparedAction;
}

/** Defines a kind of action from the shape of its settings and what it does with them. */
export function defineAction<Shape extends z.ZodRawShape>(kind: {
  name: string;
  failedAction: string;
  settings: z.ZodObject<Shape, z.core.$strict>;
  prepare: (settings: z.output<z.ZodObject<Shape, z.core.$strict>>) => PreparedAction;
}): ActionKind {
  const { name, failedAction, settings, prepare } = kind;
  return { name, failedAction, settings, prepare: (given) => prepare(settings.parse(given)) };
}

/** A parameter in which substitution templates are allowed. */
export const templateText = z
  .string()
  .min(1)
  .transform((source, { issues }): Template => {
    try {
      return compileTemplate(source);
    } catch (thrown) {
      issues.push({ code: 'custom', message: errorText(thrown), input: source });
      return z.NEVER;
    }
  });

/** CloudFormation takes Booleans also as text. */
export const cloudFormationBoolean = z.union([
  z.boolean(),
  z.enum(['true', 'false']).transform((text) => text === 'true'),
]);

/** A parameter that is one of a few words, or a template that becomes one of them. */
export function templateChoice(choices: readonly string[]) {
  return templateText.refine(
    ({ source }) => source.includes('${') || choices.includes(source),
    `it is one of ${choices.join(', ')}`,
  );
}

/** Actions act under this role; what it allows is asked of the authoriser (permissions.ts). */
export const roleArn = z.string().min(1);

/** CloudFormation takes whole numbers also as text. */
export function cloudFormationInteger(minimum: number, maximum: number) {
  return z
    .union([
      z.number(),
      z
        .string()
        .regex(/^\d{1,9}$/)
        .transform(Number),
    ])
    .pipe(z.number().int().min(minimum).max(maximum));
}

export type ActionErrorCode =
  | 'REPUBLISH_LOOP'
  | 'REPUBLISH_TOPIC_REFUSED'
  | 'HEADER_REFUSED'
  | 'OBJECT_KEY_EMPTY'
  | 'BODY_NOT_TEXT'
  | 'RESULT_NOT_JSON'
  | 'ITEM_NOT_AN_OBJECT'
  | 'ITEM_TOO_DEEP'
  | 'KEY_INVALID'
  | 'PARAMETER_INVALID'
  | 'BATCH_INVALID'
  | 'MEASURE_INVALID'
  | 'HTTP_TARGET_REFUSED'
  | 'HTTP_DESTINATION_NOT_ENABLED'
  | 'HTTP_FAILED'
  | 'SERVICE_MISSING';

/** An action cannot do its work with this message. */
export class ActionError extends GlasshouseError {
  override readonly name = 'ActionError' as const;
  declare readonly code: ActionErrorCode;

  constructor(code: ActionErrorCode, message: string, data: Readonly<Record<string, unknown>> = {}) {
    super(message, { code, retryable: false, data });
  }
}

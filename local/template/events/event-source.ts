import { z } from 'zod';
import { ConfigurationError } from '../../errors.ts';
import type { FunctionDefinition, Resource } from '../template.ts';

/** A function with an event, and which of its events that is. */
export interface EventOf {
  readonly definition: FunctionDefinition;
  /** What stands behind the kind of the event in serverless.yml. */
  readonly event: unknown;
  /** Which of the function's events it is, from 1 on. */
  readonly position: number;
  /** How many rules earlier events of its kind have made, of the same function. */
  readonly rulesBefore: number;
}

/** The resources that an event stands for, by their logical ids. */
export type Resources = Readonly<Record<string, Resource>>;

/** @throws ConfigurationError EVENT_NOT_SERVED that names the function, the event and what of it cannot be done. */
export function readEvent<Schema extends z.ZodType>(
  schema: Schema,
  kind: string,
  { definition, event }: EventOf,
): z.infer<Schema> {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw eventNotServed(definition, kind, z.prettifyError(parsed.error));
}

export function eventNotServed({ key }: FunctionDefinition, kind: string, why: string): ConfigurationError {
  return new ConfigurationError(
    `function "${key}" has an event "${kind}" that cannot be served here: ${why}`,
    {
      code: 'EVENT_NOT_SERVED',
      data: { function: key, event: kind },
    },
  );
}

/** What `Fn::GetAtt` finds the function by. */
export function functionArn({ logicalId }: FunctionDefinition): Readonly<Record<string, unknown>> {
  return { 'Fn::GetAtt': [logicalId, 'Arn'] };
}

/** A deployment lets each rule of an event invoke its function, and so does this. */
export function permissionFor(
  definition: FunctionDefinition,
  principal: string,
  ruleLogicalId: string,
): Resource {
  return {
    type: 'AWS::Lambda::Permission',
    properties: {
      FunctionName: functionArn(definition),
      Action: 'lambda:InvokeFunction',
      Principal: principal,
      SourceArn: { 'Fn::GetAtt': [ruleLogicalId, 'Arn'] },
    },
  };
}

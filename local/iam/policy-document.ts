import { z } from 'zod';
import { ConfigurationError } from '../errors.ts';
import { compileWildcard } from '../wildcard.ts';
import { compileConditions, type Condition } from './conditions.ts';

/** One statement of a policy, ready to be asked. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** What the statement stands in, with its `Sid` or its number: for messages. */
  readonly where: string;
  /** Whether it speaks of the service, `iot.amazonaws.com`; a policy of an identity speaks of no one else. */
  readonly coversPrincipal: (servicePrincipal: string) => boolean;
  readonly coversAction: (action: string) => boolean;
  readonly coversResource: (arn: string) => boolean;
  readonly condition: Condition;
}

/** Far more than IAM's own quota of characters lets a document have. */
const MAX_STATEMENTS = 500;

const texts = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const conditionValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const conditionValues = z.union([conditionValue.transform((value) => [value]), z.array(conditionValue)]);

const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([z.literal('*'), z.record(z.string(), texts)]).optional(),
  Action: texts.optional(),
  NotAction: texts.optional(),
  Resource: texts.optional(),
  NotResource: texts.optional(),
  Condition: z.record(z.string(), z.record(z.string(), conditionValues)).default({}),
});

const documentSchema = z.strictObject({
  Version: z.string().optional(),
  Id: z.string().optional(),
  Statement: z.unknown(),
});

/**
 * Compiles a policy document: of an identity, of a resource, or a role's trust policy.
 *
 * @param where what the document is, for messages: `the policy "store" of the role "rule"`.
 * @throws ConfigurationError POLICY_NOT_SERVED for what cannot be read or evaluated here, CONDITION_NOT_SERVED.
 */
export function compilePolicyDocument(document: unknown, where: string): Statement[] {
  const { Statement } = parse(documentSchema, document, where);
  const given: readonly unknown[] = Array.isArray(Statement) ? Statement : [Statement];
  if (given.length > MAX_STATEMENTS) throw notServed(where, `it has more than ${MAX_STATEMENTS} statements`);
  return given.map((one, index) => {
    const statement = parse(statementSchema, one, `${where}, statement ${index + 1}`);
    const at = `${where}, statement ${statement.Sid ?? index + 1}`;
    return {
      effect: statement.Effect,
      where: at,
      coversPrincipal: compilePrincipal(statement.Principal),
      coversAction: compileChoice(statement.Action, statement.NotAction, at, (text) => text.toLowerCase()),
      coversResource: compileChoice(statement.Resource, statement.NotResource, at, (text) => text),
      condition: compileConditions(statement.Condition, at),
    };
  });
}

function parse<Schema extends z.ZodType>(schema: Schema, given: unknown, where: string): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw notServed(where, z.prettifyError(parsed.error), parsed.error);
}

function compilePrincipal(
  principal: z.output<typeof statementSchema>['Principal'],
): (servicePrincipal: string) => boolean {
  if (principal === undefined) return () => true;
  if (principal === '*' || principal['AWS']?.includes('*') === true) return () => true;
  const services = new Set(principal['Service']);
  return (servicePrincipal) => services.has(servicePrincipal);
}

/** `Action` or `NotAction`, `Resource` or `NotResource`; a trust policy has no resource: it speaks of its role. */
function compileChoice(
  covered: readonly string[] | undefined,
  excepted: readonly string[] | undefined,
  where: string,
  normalise: (text: string) => string,
): (text: string) => boolean {
  if (covered !== undefined && excepted !== undefined) {
    throw notServed(where, 'it has both a list and its Not… form, which IAM does not take');
  }
  const patterns = covered ?? excepted;
  if (patterns === undefined) return () => true;
  const variable = patterns.find((pattern) => pattern.includes('${'));
  if (variable !== undefined) throw notServed(where, `the policy variable in ${variable} is not replaced`);
  const tests = patterns.map((pattern) => compileWildcard(normalise(pattern)));
  const isExcepted = covered === undefined;
  return (text) => tests.some((test) => test(normalise(text))) !== isExcepted;
}

function notServed(where: string, why: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError(`${where} cannot be evaluated here: ${why}`, {
    code: 'POLICY_NOT_SERVED',
    data: { where },
    cause,
  });
}

import { z } from 'zod';
import { errorText } from '../../../shared/errors.ts';
import { malformedPolicy } from './malformed.ts';
import type { Policy, Statement } from './policy.ts';
import { readConditions } from './read-conditions.ts';

/** AWS's limit for a policy document; white space does not count. */
const MAX_CHARACTERS = 2_048;

/** Far more white space than anybody needs, and still little to read. */
const MAX_WRITTEN_CHARACTERS = 65_536;

/** The versions of the policy language. Variables exist in the newer one only. */
const VERSIONS = ['2008-10-17', '2012-10-17'] as const;

/** `iot:Publish`, `iot:*`, `greengrass:Discover`, `*`. */
const ACTION = /^(\*|[a-z][a-z0-9-]*:[A-Za-z0-9*?]+)$/i;

/** Six parts of an ARN, or a pattern that takes all of them. */
const RESOURCE = /^(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:.+)$/s;

const oneOrMore = <Item extends z.ZodType>(item: Item) =>
  z.union([item.transform((one) => [one]), z.array(item).min(1)]);

const conditionValue = z.union([z.string(), z.number(), z.boolean()]);
/** An empty list is allowed: `ForAllValues` with it takes only requests without any value. */
const conditionValues = z.union([conditionValue.transform((one) => [one]), z.array(conditionValue)]);

const statementSchema = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(['Allow', 'Deny']),
    Action: oneOrMore(z.string()).optional(),
    NotAction: oneOrMore(z.string()).optional(),
    Resource: oneOrMore(z.string()).optional(),
    NotResource: oneOrMore(z.string()).optional(),
    Condition: z.record(z.string(), z.record(z.string(), conditionValues)).default({}),
  })
  .refine(hasOne('Action', 'NotAction'), { error: 'needs either Action or NotAction' })
  .refine(hasOne('Resource', 'NotResource'), { error: 'needs either Resource or NotResource' });

const documentSchema = z.strictObject({
  Version: z.enum(VERSIONS).default('2008-10-17'),
  Id: z.string().optional(),
  Statement: z.union([statementSchema.transform((one) => [one]), z.array(statementSchema).min(1)]),
});

/**
 * Reads the text of an AWS IoT policy.
 *
 * @throws AwsApiError 400 MalformedPolicyException that says what is wrong and where, as CreatePolicy and
 *   CreatePolicyVersion answer: also for an operator or a condition key that is not known.
 */
export function readPolicy(documentText: string): Policy {
  if (documentText.length > MAX_WRITTEN_CHARACTERS) throw tooLong(documentText.length);
  const characters = documentText.replaceAll(/\s/g, '').length;
  if (characters > MAX_CHARACTERS) throw tooLong(characters);
  const parsed = documentSchema.safeParse(parseJson(documentText));
  if (!parsed.success) throw malformedPolicy(describeIssue(parsed.error));
  const hasVariables = parsed.data.Version === '2012-10-17';
  return {
    hasVariables,
    statements: parsed.data.Statement.map((statement) => toStatement(statement, hasVariables)),
  };
}

function toStatement(read: z.infer<typeof statementSchema>, hasVariables: boolean): Statement {
  const actions = read.Action ?? read.NotAction ?? [];
  const resources = read.Resource ?? read.NotResource ?? [];
  const wrongActions = actions.filter((action) => !ACTION.test(action));
  if (wrongActions.length > 0) {
    throw malformedPolicy(`The following actions are invalid : ${wrongActions.join(', ')}`, { wrongActions });
  }
  const wrongResources = resources.filter((resource) => !RESOURCE.test(resource));
  if (wrongResources.length > 0) {
    throw malformedPolicy(`The following resources are invalid : ${wrongResources.join(', ')}`, {
      wrongResources,
    });
  }
  return {
    ...(read.Sid === undefined ? {} : { sid: read.Sid }),
    effect: read.Effect,
    actions,
    isNotAction: read.NotAction !== undefined,
    resources,
    isNotResource: read.NotResource !== undefined,
    conditions: readConditions(read.Condition, hasVariables),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformedPolicy(`it is not JSON: ${errorText(error)}`);
  }
}

function tooLong(characters: number): Error {
  return malformedPolicy(
    `it has ${characters} characters; AWS IoT takes ${MAX_CHARACTERS}, white space not counted.`,
    { characters },
  );
}

function hasOne<Name extends string>(name: Name, other: Name) {
  return (value: { readonly [Key in Name]?: unknown }): boolean =>
    (value[name] === undefined) !== (value[other] === undefined);
}

/** The first thing that is wrong. For a Statement it is looked for in the reading that came furthest. */
function describeIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'it cannot be read.';
  const deepest = deepestIssue(issue);
  const place = deepest.path.map(String).join('.');
  return place === '' ? deepest.message : `${place}: ${deepest.message}`;
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function deepestIssue(issue: z.core.$ZodIssue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  let found: Issue = issue;
  for (const inner of issue.errors.flat()) {
    const deepest = deepestIssue(inner);
    const path = [...issue.path, ...deepest.path];
    if (path.length > found.path.length || found === issue) found = { path, message: deepest.message };
  }
  return found;
}

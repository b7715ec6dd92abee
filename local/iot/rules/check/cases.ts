import { z } from 'zod';
import { readJson } from '../sql/json-reader.ts';
import { isNumber, type SqlNumber, type SqlValue, toDouble } from '../sql/values.ts';

/** Words that stand for an outcome that is no result. */
export const OUTCOMES = [
  'NO_MATCH',
  'SQL_PARSE_ERROR',
  'RULE_FAILED',
  'SQL_VERSION_UNSUPPORTED',
  'UNSPECIFIED',
] as const;

const value = z.custom<SqlValue>();
/** The exact reader marks 5.0; for these a double will do. */
const double = z.custom<SqlNumber>(isNumber).transform(toDouble);
const values = z.record(z.string(), value);

const pattern = z.strictObject({
  regex: z.string().optional(),
  min: double.optional(),
  max: double.optional(),
});

const mqtt5 = z.strictObject({
  payloadFormatIndicator: z.enum(['UNSPECIFIED_BYTES', 'UTF8_DATA']).optional(),
  contentType: z.string().optional(),
  responseTopic: z.string().optional(),
  correlationData: z.string().optional(),
  userProperties: z.array(z.tuple([z.string(), z.string()])).optional(),
});

const table = z.strictObject({
  key: z.string().optional(),
  sortKey: z.string().optional(),
  items: z.array(values).optional(),
  error: z.string().optional(),
});

const lambda = z.strictObject({
  echo: z.boolean().optional(),
  result: value.optional(),
  error: z.string().optional(),
});

/** What the other services answer: DynamoDB by table, Lambda by ARN, shadows by `Thing` or `Thing/Shadow`, … */
const stubs = z.strictObject({
  dynamodb: z.record(z.string(), table).optional(),
  lambda: z.record(z.string(), lambda).optional(),
  shadow: values.optional(),
  registry: values.optional(),
  secret: values.optional(),
  /** Base64 of objects, by `bucket/key`. */
  s3: z.record(z.string(), z.string()).optional(),
});

const context = z.strictObject({
  accountId: z.string().optional(),
  clientId: z.string().optional(),
  protocol: z.enum(['MQTT', 'HTTP']).optional(),
  principal: z.string().optional(),
  sourceIp: z.string().optional(),
  traceId: z.string().optional(),
  nowMs: double.optional(),
  ruleName: z.string().optional(),
  mqtt5: mqtt5.optional(),
  stubs: stubs.optional(),
});

const ruleCase = z.strictObject({
  id: z.string(),
  section: z.string().optional(),
  sqlVersion: z.enum(['2015-10-08', '2016-03-23']).default('2015-10-08'),
  sql: z.string(),
  topic: z.string(),
  payload: value.optional(),
  payloadText: z.string().optional(),
  payloadBase64: z.string().optional(),
  clientId: z.string().optional(),
  context: context.default({}),
  expected: value,
  expectedText: z.string().optional(),
  compare: z.enum(['approx', 'text', 'base64', 'pattern']).optional(),
  match: z.record(z.string(), z.union([pattern, z.array(z.string())])).optional(),
  template: z.string().optional(),
  expectedTemplate: z.string().nullable().optional(),
  alternatives: z.array(value).optional(),
  /** AWS's documents leave it open: `alternatives` may come out as well. */
  ambiguous: z.boolean().optional(),
  /** Where the case comes from, for people. */
  origin: z.string().optional(),
  note: z.string().optional(),
  sourceFile: z.string().optional(),
});

/** A message, the rule that it meets, and what should come of it. */
export type RuleCase = z.output<typeof ruleCase>;

export type CaseStubs = z.output<typeof stubs>;

/** An element of a file of cases that is no case, and why. */
export interface UnreadableCase {
  /** Its `id`, or its place in the file where it has none. */
  readonly id: string;
  readonly problem: string;
}

/**
 * Reads an array of cases from JSON; numbers keep every digit. `expected` is the result, or a word: NO_MATCH (topic
 * or WHERE), SQL_PARSE_ERROR (the rule cannot be created), RULE_FAILED (the SQL fails for the message: no actions),
 * SQL_VERSION_UNSUPPORTED (either of the last two), UNSPECIFIED (whatever comes).
 *
 * @throws SyntaxError when the text is no JSON, ZodError when it is no array of cases
 */
export function readCases(json: string): RuleCase[] {
  return z.array(ruleCase).parse(readJson(json, '2015-10-08'));
}

/**
 * As `readCases`, but an element that is no case does not spoil the others.
 *
 * @throws SyntaxError when the text is no JSON, ZodError when it is no array or an empty one
 */
export function readEachCase(json: string): (RuleCase | UnreadableCase)[] {
  const elements = z.array(value).min(1).parse(readJson(json, '2015-10-08'));
  return elements.map((element, index) => {
    const { data, error } = ruleCase.safeParse(element);
    if (error === undefined) return data;
    const id = z.object({ id: z.string() }).safeParse(element).data?.id ?? `element ${index}`;
    const problem = error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ');
    return { id, problem };
  });
}

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { IotMessage, Publisher } from '../../../../local/iot/message.ts';
import { createRulesEngine, readTopicRule } from '../../../../local/iot/rules/index.ts';
import { systemClock } from '../../../../local/clock.ts';

const FIXTURE = new URL('../../../fixtures/iot-sql-subset.json', import.meta.url);

const pattern = z.object({
  regex: z.string().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
});

const vectors = z
  .array(
    z.strictObject({
      id: z.string(),
      section: z.string(),
      sqlVersion: z.string(),
      sql: z.string(),
      topic: z.string(),
      payload: z.unknown().optional(),
      payloadText: z.string().optional(),
      payloadBase64: z.string().optional(),
      clientId: z.string().optional(),
      context: z
        .object({
          clientId: z.string().optional(),
          protocol: z.enum(['MQTT', 'HTTP']).optional(),
          principal: z.string().optional(),
          sourceIp: z.string().optional(),
          traceId: z.string().optional(),
          nowMs: z.number().optional(),
          ruleName: z.string().optional(),
        })
        .optional(),
      expected: z.unknown(),
      expectedText: z.string().optional(),
      compare: z.enum(['text', 'base64', 'pattern']).optional(),
      match: z.record(z.string(), z.union([pattern, z.array(z.string())])).optional(),
      template: z.string().optional(),
      expectedTemplate: z.string().nullable().optional(),
      alternatives: z.array(z.unknown()).optional(),
      ambiguous: z.boolean().optional(),
    }),
  )
  .parse(JSON.parse(readFileSync(FIXTURE, 'utf8')));

type Vector = (typeof vectors)[number];

interface Outcome {
  result: unknown;
  bytes?: Uint8Array;
  template?: string;
}

/** AWS's documents leave these open, and this cloud has decided against the vector. */
const decidedOtherwise: Readonly<Record<string, unknown>> = {
  // An unaliased literal has no documented key: it is refused.
  'select-alias-006': 'SQL_PARSE_ERROR',
  // Only true passes WHERE (the switch whereText).
  'where-018': 'NO_MATCH',
  // A payload that is not JSON has no attributes to read: the rule fails rather than giving {}.
  'binary-payload-007': 'RULE_FAILED',
};

/** Runs a vector through the whole engine, with an S3 action whose key is the vector's template. */
async function run(vector: Vector): Promise<Outcome> {
  const { context, template } = vector;
  const outcome: Outcome = { result: 'NO_MATCH' };
  let rule;
  try {
    rule = readTopicRule({
      ruleName: context?.ruleName ?? 'Vector',
      payload: {
        Sql: vector.sql,
        AwsIotSqlVersion: vector.sqlVersion,
        Actions: [{ S3: { BucketName: 'bucket', Key: `key:${template ?? ''}`, RoleArn: 'role' } }],
      },
    });
  } catch {
    return { result: 'SQL_PARSE_ERROR' };
  }
  const engine = createRulesEngine({
    rules: [rule],
    clock: { ...systemClock, now: () => context?.nowMs ?? 0 },
    account: '123456789012',
    region: 'eu-west-1',
    newUuid: randomUUID,
    log: (event) => {
      if (event.eventType === 'RuleFailure') outcome.result = 'RULE_FAILED';
    },
    services: {
      putObject: async ({ key, body, contentType }) => {
        outcome.template = key.slice('key:'.length);
        outcome.bytes = body;
        outcome.result = contentType === 'application/json' ? JSON.parse(Buffer.from(body).toString()) : null;
      },
      publish: () => undefined,
      invokeAsync: async () => undefined,
      sendMessage: async () => undefined,
      putItem: async () => undefined,
    },
  });
  engine.evaluate(messageOf(vector));
  await engine.drained();
  return outcome;
}

function messageOf({ topic, context, clientId, ...vector }: Vector): IotMessage {
  const payload =
    vector.payloadBase64 === undefined
      ? Buffer.from(vector.payloadText ?? JSON.stringify(vector.payload))
      : Buffer.from(vector.payloadBase64, 'base64');
  const sender = clientId ?? context?.clientId;
  const publisher: Publisher = {
    protocol: context?.protocol ?? 'MQTT',
    ...(sender === undefined ? {} : { clientId: sender }),
    ...(context?.principal === undefined ? {} : { principal: context.principal }),
    ...(context?.sourceIp === undefined ? {} : { sourceIp: context.sourceIp }),
  };
  const traceId = context?.traceId ?? randomUUID();
  return { topic, payload, publisher, traceId, qos: 0, retain: false, republishes: 0 };
}

test.each(vectors.map((vector) => [vector.id, vector.sql, vector] as const))(
  '%s: %s',
  async (id, _sql, vector) => {
    const outcome = await run(vector);
    if (Object.hasOwn(decidedOtherwise, id)) {
      expect(vector.ambiguous).toBe(true);
      expect(outcome.result).toEqual(decidedOtherwise[id]);
      return;
    }
    checkResult(vector, outcome);
    if (typeof vector.expectedTemplate === 'string') expect(outcome.template).toBe(vector.expectedTemplate);
  },
);

function checkResult({ compare, expected, expectedText, match }: Vector, { result, bytes }: Outcome): void {
  if (compare === 'base64') {
    expect(Buffer.from(bytes ?? []).toString('base64')).toBe(expectedText);
  } else if (compare === 'text') {
    expect(Buffer.from(bytes ?? []).toString()).toBe(expectedText);
  } else if (compare === 'pattern') {
    checkPatterns(match ?? {}, z.record(z.string(), z.unknown()).parse(result));
  } else {
    expect(result).toEqual(expected);
  }
}

function checkPatterns(match: NonNullable<Vector['match']>, result: Record<string, unknown>): void {
  for (const [key, wanted] of Object.entries(match)) {
    if (Array.isArray(wanted)) expect(new Set(wanted.map((name) => result[name])).size).toBe(wanted.length);
    else if (wanted.regex !== undefined) expect(result[key]).toMatch(new RegExp(wanted.regex));
  }
}

test('The vectors cover what is served.', () => {
  expect(vectors.length).toBeGreaterThan(400);
});

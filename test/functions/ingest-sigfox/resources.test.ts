import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { explainRule } from '../../../local/iot/rules/explain/index.ts';
import { planTemplate } from '../../../local/template/plan.ts';
import { readTemplate } from '../../../local/template/template.ts';
import { messageOn } from '../../local/iot/rules/message.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const FUNCTIONS = ['ingest-sigfox', 'answer-sigfox', 'watch-silence', 'report-visit'] as const;

/** What serverless.yml says for the variables in these files. */
const VARIABLES: Readonly<Record<string, unknown>> = {
  'self:custom.ruleNames.sigfox': 'sigfox',
  'self:custom.ruleNames.sigfoxDownlink': 'sigfox_downlink',
  'self:custom.ruleNames.sigfoxTemperature': 'sigfox_temperature',
  'self:custom.ruleNames.careButton': 'care_button',
  'param:careButtonTypeId': 'care-button',
  'self:service': 'glasshouse',
  'sls:stage': 'dev',
  'self:custom.sigfox.table': 'sigfox',
  'self:custom.sigfox.credentialsParameter': '/glasshouse/dev/sigfox',
  'self:custom.trust.lambda': {},
  'self:custom.trust.iotRules': {},
};

const section = z.record(z.string(), z.unknown());
const fileSchema = z.object({
  Parameters: section.optional(),
  Conditions: section.optional(),
  Resources: section.optional(),
});

function fill(value: unknown): unknown {
  if (typeof value === 'string') {
    const [, whole] = /^\$\{(self:[^}]+)\}$/.exec(value) ?? [];
    if (whole !== undefined) return VARIABLES[whole];
    return value.replaceAll(/\$\{((?:self|param|sls):[^},]+)[^}]*\}/g, (_all, name: string) => {
      const found = VARIABLES[name];
      return typeof found === 'string' ? found : '';
    });
  }
  if (Array.isArray(value)) return value.map(fill);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fill(inner)]));
}

const read = (file: string): unknown => fill(parse(readFileSync(path.join(ROOT, 'functions', file), 'utf8')));

function planWith(parameters: Readonly<Record<string, string>> = {}) {
  const files = FUNCTIONS.map((name) => fileSchema.parse(read(`${name}/resources.yml`)));
  const together = (name: keyof z.infer<typeof fileSchema>): Record<string, unknown> =>
    Object.fromEntries(files.flatMap((file) => Object.entries(file[name] ?? {})));
  const given = Object.entries(parameters).map(([name, Default]) => [name, { Default }]);
  const queues = { RejectionsQueue: { Type: 'AWS::SQS::Queue' }, FailuresQueue: { Type: 'AWS::SQS::Queue' } };
  const functions = FUNCTIONS.map((name) => [
    name,
    { name: `glasshouse-dev-${name}`, ...section.parse(read(`${name}/function.yml`)) },
  ]);
  const template = readTemplate({
    service: 'glasshouse',
    provider: { name: 'aws', stage: 'dev', region: 'eu-west-1' },
    functions: Object.fromEntries(functions),
    resources: {
      Resources: { ...queues, ...together('Resources') },
      Conditions: together('Conditions'),
      Parameters: { ...together('Parameters'), ...Object.fromEntries(given) },
    },
  });
  return planTemplate(template, {
    partition: 'aws',
    region: 'eu-west-1',
    accountId: '000000000000',
    stack: 'glasshouse-dev',
    endpointUrl: 'http://127.0.0.1:4566',
  });
}

const roleSchema = z.object({
  kind: z.literal('role'),
  name: z.string(),
  trustPolicy: z.unknown(),
  policies: z.array(
    z.object({
      document: z.object({
        Statement: z.array(
          z.object({
            Effect: z.literal('Allow'),
            Action: z.union([z.string(), z.array(z.string())]),
            Resource: z.union([z.string(), z.array(z.string())]),
          }),
        ),
      }),
    }),
  ),
});

function rolesOf(plan: ReturnType<typeof planWith>) {
  return plan.creations.filter(({ kind }) => kind === 'role').map((role) => roleSchema.parse(role));
}

const EXTERNAL = { SigfoxExternalId: 'a1b2c3', SigfoxAccountId: '123456789012' };

test.each([[{}], [{ ...EXTERNAL, SigfoxExternalId: '' }], [{ ...EXTERNAL, SigfoxAccountId: '' }]])(
  'With the parameters %o there is no role for the connector.',
  (parameters) => {
    const names = rolesOf(planWith(parameters)).map(({ name }) => name);
    expect(names.filter((name) => name.includes('Connector'))).toEqual([]);
  },
);

test("Sigfox's account can take on the connector's role with the external id only, and publish on one topic only.", () => {
  const role = rolesOf(planWith(EXTERNAL)).find(({ name }) => name.includes('SigfoxConnectorRole'));
  expect(role?.trustPolicy).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::123456789012:root' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': 'a1b2c3' } },
      },
    ],
  });
  expect(role?.policies.flatMap(({ document }) => document.Statement)).toEqual([
    {
      Effect: 'Allow',
      Action: 'iot:Publish',
      Resource: 'arn:aws:iot:eu-west-1:000000000000:topic/sigfox',
    },
  ]);
});

test('No role may do everything, or do anything to everything.', () => {
  const statements = rolesOf(planWith(EXTERNAL)).flatMap(({ policies }) =>
    policies.flatMap(({ document }) => document.Statement),
  );
  expect(statements.length).toBeGreaterThan(10);
  for (const { Action, Resource } of statements) {
    expect([Action].flat().filter((action) => action.includes('*'))).toEqual([]);
    expect([Resource].flat().filter((resource) => !resource.startsWith('arn:aws:'))).toEqual([]);
  }
});

const SURROUNDINGS = {
  accountId: '000000000000',
  nowMs: Date.UTC(2026, 0, 31),
  newUuid: () => '',
  random: () => 0,
};

const payloadSchema = z.object({ Sql: z.string(), ErrorAction: z.object({ Sqs: z.unknown() }) });

function run(rule: string, topic: string, payload: unknown) {
  const creation = planWith().creations.find((one) => one.kind === 'topic-rule' && one.name === rule);
  const { Sql: sql } = payloadSchema.parse(creation?.kind === 'topic-rule' ? creation.payload : undefined);
  const { verdict, result } = explainRule(
    { sql, version: '2016-03-23' },
    messageOn(topic, payload),
    SURROUNDINGS,
  );
  if (!verdict.runs) return undefined;
  return result.kind === 'json' ? (JSON.parse(result.text) as unknown) : result;
}

test('The rule on sigfox adds the topic last, so that no callback can pretend another.', () => {
  expect(run('sigfox', 'sigfox', { device: 'A1', mqttTopic: 'sigfox/A1/downlink' })).toEqual({
    device: 'A1',
    mqttTopic: 'sigfox',
  });
  expect(run('sigfox', 'sigfox/A1/reading', {})).toBeUndefined();
});

test('The rule on downlinks adds when they were received, and takes no state for a request.', () => {
  const asked = { data: '0011223344556677', receivedAt: 1 };
  expect(run('sigfox_downlink', 'sigfox/A1/downlink', asked)).toEqual({
    data: '0011223344556677',
    receivedAt: SURROUNDINGS.nowMs,
    mqttTopic: 'sigfox/A1/downlink',
  });
  expect(run('sigfox_downlink', 'sigfox/A1/downlink/state', asked)).toBeUndefined();
});

test('A temperature becomes what is scored; a reading without one does not.', () => {
  const reading = { device: 'A1', time: '2026-01-31T10:00:00.000Z', data: '09c4', late: false };
  expect(run('sigfox_temperature', 'sigfox/A1/reading', { ...reading, values: { temperature: 25 } })).toEqual(
    {
      device: 'A1',
      timestamp: '2026-01-31T10:00:00.000Z',
      value: 25,
    },
  );
  expect(run('sigfox_temperature', 'sigfox/A1/reading', { ...reading, values: { x: 1 } })).toBeUndefined();
  expect(run('sigfox_temperature', 'sigfox/A1/reading', reading)).toBeUndefined();
});

test('A reading of a care button becomes its event; one of another kind does not.', () => {
  const reading = {
    device: 'B0770',
    time: '2026-01-31T09:04:00.000Z',
    seqNumber: 12,
    deviceTypeId: 'care-button',
    data: '0101f0',
    values: { event: 1, carer: 1, battery: 6_000 },
    late: false,
  };
  const sample: unknown = JSON.parse(
    readFileSync(path.join(ROOT, 'events/report-visit.arrival.json'), 'utf8'),
  );
  expect(run('care_button', 'sigfox/B0770/reading', reading)).toEqual(sample);
  const other = { ...reading, deviceTypeId: 'probe' };
  expect(run('care_button', 'sigfox/B0770/reading', other)).toBeUndefined();
  const { deviceTypeId: _unknown, ...untold } = reading;
  expect(run('care_button', 'sigfox/B0770/reading', untold)).toBeUndefined();
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { DeviceFleet } from '../support/device-fleet.ts';
import { AwsCommandLine } from './aws-command-line.ts';
import { ServiceCloud } from './cloud.ts';

let cloud: ServiceCloud;
let fleet: DeviceFleet;
let aws: AwsCommandLine;

beforeAll(async () => {
  cloud = await ServiceCloud.start();
  fleet = new DeviceFleet(cloud.running);
  aws = new AwsCommandLine(cloud.running);
});

afterAll(async () => {
  fleet.close();
  aws.remove();
  await cloud.remove();
});

const iot = (...words: string[]) => aws.text('iot', ...words);
const refused = (...words: string[]) => aws.refusal('iot', ...words);

const anything = z.record(z.string(), z.unknown());
const thing = z.object({ thingName: z.string(), version: z.number(), attributes: anything });
const things = z.object({
  things: z.array(z.object({ thingName: z.string() })),
  NextToken: z.string().optional(),
});

test('Things are made, described and listed page by page.', async () => {
  for (const [index, colour] of ['red', 'green', 'red'].entries()) {
    const payload = JSON.stringify({ attributes: { colour } });
    const named = ['--thing-name', `lamp-${index}`];
    const made = await aws.json(
      z.object({ thingName: z.string(), thingArn: z.string(), thingId: z.string() }),
      'iot',
      'create-thing',
      ...named,
      '--attribute-payload',
      payload,
    );
    expect(made).toMatchObject({ thingName: `lamp-${index}`, thingArn: fleet.arn(`thing/lamp-${index}`) });
  }
  expect(await aws.json(thing, 'iot', 'describe-thing', '--thing-name', 'lamp-1')).toEqual({
    thingName: 'lamp-1',
    version: 1,
    attributes: { colour: 'green' },
  });
  const first = await aws.json(things, 'iot', 'list-things', '--page-size', '2', '--max-items', '2');
  expect(first.things.map(({ thingName }) => thingName)).toEqual(['lamp-0', 'lamp-1']);
  const token = first.NextToken ?? '';
  const rest = await aws.json(things, 'iot', 'list-things', '--starting-token', token);
  expect(rest).toMatchObject({ things: [{ thingName: 'lamp-2' }] });
  expect(rest.NextToken).toBeUndefined();
  // The command line asks for page after page by itself.
  const all = await aws.json(things, 'iot', 'list-things', '--page-size', '1');
  expect(all.things).toHaveLength(3);
  const words = ['--attribute-name', 'colour', '--attribute-value', 'red'];
  expect((await aws.json(things, 'iot', 'list-things', ...words)).things).toMatchObject([
    { thingName: 'lamp-0' },
    { thingName: 'lamp-2' },
  ]);
});

test('A thing that is there with other attributes, or at another version, is a conflict.', async () => {
  const other = JSON.stringify({ attributes: { colour: 'blue' } });
  expect(await refused('create-thing', '--thing-name', 'lamp-1', '--attribute-payload', other)).toMatchObject(
    { code: 'ResourceAlreadyExistsException', operation: 'CreateThing' },
  );
  const update = ['update-thing', '--thing-name', 'lamp-1', '--attribute-payload', other];
  expect(await refused(...update, '--expected-version', '7')).toMatchObject({
    code: 'VersionConflictException',
    operation: 'UpdateThing',
  });
  await iot(...update, '--expected-version', '1');
  expect(await aws.json(thing, 'iot', 'describe-thing', '--thing-name', 'lamp-1')).toMatchObject({
    version: 2,
    attributes: { colour: 'blue' },
  });
  expect(await refused('describe-thing', '--thing-name', 'nobody')).toMatchObject({
    code: 'ResourceNotFoundException',
  });
});

test('A policy is made once, and goes only when nothing has it and no other version is left.', async () => {
  const document = (action: string): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }],
    });
  const named = ['--policy-name', 'lamps'];
  const create = ['create-policy', ...named, '--policy-document', document('iot:Connect')];
  await iot(...create);
  expect(await refused(...create)).toMatchObject({
    code: 'ResourceAlreadyExistsException',
    operation: 'CreatePolicy',
  });
  const broken = ['create-policy', '--policy-name', 'broken', '--policy-document', '{"Statement":[]}'];
  expect(await refused(...broken)).toMatchObject({ code: 'MalformedPolicyException' });
  const second = [
    'create-policy-version',
    ...named,
    '--policy-document',
    document('iot:*'),
    '--set-as-default',
  ];
  expect(await aws.json(anything, 'iot', ...second)).toMatchObject({
    policyVersionId: '2',
    isDefaultVersion: true,
  });

  const pem = path.join(aws.folder, 'lamp.pem');
  const { certificateArn, certificateId } = await aws.json(
    z.object({ certificateArn: z.string(), certificateId: z.string() }),
    'iot',
    'create-keys-and-certificate',
    '--set-as-active',
    '--certificate-pem-outfile',
    pem,
  );
  expect(readFileSync(pem, 'utf8')).toContain('BEGIN CERTIFICATE');
  await iot('attach-policy', ...named, '--target', certificateArn);
  await iot('attach-thing-principal', '--thing-name', 'lamp-0', '--principal', certificateArn);

  expect(await refused('delete-policy', ...named)).toMatchObject({ code: 'DeleteConflictException' });
  await iot('delete-policy-version', ...named, '--policy-version-id', '1');
  expect(await refused('delete-policy', ...named)).toMatchObject({ code: 'DeleteConflictException' });
  expect(await refused('delete-thing', '--thing-name', 'lamp-0')).toMatchObject({
    code: 'InvalidRequestException',
  });
  const remove = ['delete-certificate', '--certificate-id', certificateId];
  expect(await refused(...remove)).toMatchObject({ code: 'CertificateStateException' });
  await iot('update-certificate', '--certificate-id', certificateId, '--new-status', 'INACTIVE');
  expect(await refused(...remove)).toMatchObject({ code: 'DeleteConflictException' });

  await iot('detach-thing-principal', '--thing-name', 'lamp-0', '--principal', certificateArn);
  await iot('detach-policy', ...named, '--target', certificateArn);
  await iot('delete-policy', ...named);
  await iot(...remove);
  const left = z.object({ policies: z.array(z.object({ policyName: z.string() })) });
  const { policies } = await aws.json(left, 'iot', 'list-policies');
  expect(policies.map(({ policyName }) => policyName)).not.toContain('lamps');
});

test('Devices are told where to connect to.', async () => {
  const address = z.object({ endpointAddress: z.string() });
  const words = ['describe-endpoint', '--endpoint-type', 'iot:Data-ATS'];
  const { endpointAddress } = await aws.json(address, 'iot', ...words);
  // AWS gives a host name without protocol or port, and certificates are shown for it.
  expect(endpointAddress).toBe('localhost');
  const device = await fleet.makeDevice();
  await fleet.makePolicy('endpoint', { Effect: 'Allow', Action: 'iot:Connect', Resource: '*' });
  await fleet.attachPolicy('endpoint', device.certificateArn);
  const client = await fleet.connect(device, 'told', { host: endpointAddress });
  expect(client.connected).toBe(true);
  await client.endAsync();
});

test('The fleet is searched once it is indexed.', async () => {
  const found = z.object({ things: z.array(z.object({ thingName: z.string() })).default([]) });
  const search = ['search-index', '--query-string', 'attributes.colour:red AND thingName:lamp-*'];
  expect(await refused(...search)).toMatchObject({ operation: 'SearchIndex' });
  const mode = 'thingIndexingMode=REGISTRY_AND_SHADOW,thingConnectivityIndexingMode=STATUS';
  await iot('update-indexing-configuration', '--thing-indexing-configuration', mode);
  await expect
    .poll(async () =>
      (await aws.json(found, 'iot', ...search)).things.map(({ thingName }) => thingName).toSorted(),
    )
    .toEqual(['lamp-0', 'lamp-2']);
  const connected = ['search-index', '--query-string', 'connectivity.connected:true'];
  expect(await aws.json(found, 'iot', ...connected)).toEqual({ things: [] });
  await fleet.makePolicy('connect', { Effect: 'Allow', Action: 'iot:Connect', Resource: '*' });
  const client = await fleet.connect(await fleet.makeDevice({ policyNames: ['connect'] }), 'lamp-0');
  await expect
    .poll(() => aws.json(found, 'iot', ...connected))
    .toMatchObject({ things: [{ thingName: 'lamp-0' }] });
  await client.endAsync();
});

test('Shadows are updated and read with `aws iot-data`, and are found by what they hold.', async () => {
  const out = path.join(aws.folder, 'shadow.json');
  const data = async (...words: string[]): Promise<unknown> => {
    await aws.text('iot-data', ...words, '--cli-binary-format', 'raw-in-base64-out', out);
    return JSON.parse(readFileSync(out, 'utf8'));
  };
  const named = ['--thing-name', 'lamp-2'];
  const update = (document: unknown) =>
    data('update-thing-shadow', ...named, '--payload', JSON.stringify(document));
  expect(await update({ state: { reported: { lit: false } } })).toMatchObject({ version: 1 });
  expect(await update({ state: { desired: { lit: true } }, version: 1 })).toMatchObject({ version: 2 });
  expect(await data('get-thing-shadow', ...named)).toMatchObject({
    state: { reported: { lit: false }, desired: { lit: true }, delta: { lit: true } },
    version: 2,
  });
  const stale = ['--payload', '{"state":{"desired":{"lit":false}},"version":1}', out];
  const words = ['update-thing-shadow', ...named, '--cli-binary-format', 'raw-in-base64-out', ...stale];
  expect(await aws.refusal('iot-data', ...words)).toMatchObject({ code: 'ConflictException' });
  const nobody = ['get-thing-shadow', '--thing-name', 'nobody', out];
  expect(await aws.refusal('iot-data', ...nobody)).toMatchObject({ code: 'ResourceNotFoundException' });
  const found = z.object({ things: z.array(z.object({ thingName: z.string() })) });
  const search = ['search-index', '--query-string', 'shadow.desired.lit:true'];
  await expect
    .poll(() => aws.json(found, 'iot', ...search))
    .toMatchObject({ things: [{ thingName: 'lamp-2' }] });
  expect(await data('delete-thing-shadow', ...named)).toMatchObject({ version: 2 });
});

test('A topic rule that the command line makes runs, until it is disabled or gone.', async () => {
  const payload = {
    sql: "SELECT lit, topic(2) AS lamp FROM 'lamps/+/state' WHERE lit = true",
    awsIotSqlVersion: '2016-03-23',
    description: 'Lamps that are lit',
    ruleDisabled: false,
    actions: [
      { republish: { topic: 'lit/${topic(2)}', qos: 1, roleArn: 'arn:aws:iam::000000000000:role/any' } },
    ],
  };
  const named = ['--rule-name', 'lit_lamps'];
  const create = ['create-topic-rule', ...named, '--topic-rule-payload', JSON.stringify(payload)];
  await iot(...create);
  expect(await refused(...create)).toMatchObject({ code: 'ResourceAlreadyExistsException' });
  const wrong = JSON.stringify({ ...payload, sql: "SELEKT * FROM 'a'" });
  expect(
    await refused('create-topic-rule', '--rule-name', 'wrong', '--topic-rule-payload', wrong),
  ).toMatchObject({ code: 'SqlParseException' });
  const got = z.object({ ruleArn: z.string(), rule: anything });
  const { ruleArn, rule } = await aws.json(got, 'iot', 'get-topic-rule', ...named);
  expect(ruleArn).toBe(fleet.arn('rule/lit_lamps'));
  expect(rule).toMatchObject({ ruleName: 'lit_lamps', ...payload });

  const { client, received } = await fleet.watch('lit/#', 'end');
  const send = async (lamp: string): Promise<void> => {
    await client.publishAsync(`lamps/${lamp}/state`, '{"lit":true}', { qos: 1 });
    await client.publishAsync(`lamps/${lamp}/state`, '{"lit":false}', { qos: 1 });
  };
  await send('hall');
  await expect.poll(() => received).toEqual([{ topic: 'lit/hall', message: { lit: true, lamp: 'hall' } }]);
  await iot('disable-topic-rule', ...named);
  await send('cellar');
  await iot('enable-topic-rule', ...named);
  await send('attic');
  await expect.poll(() => received.map(({ topic }) => topic)).toEqual(['lit/hall', 'lit/attic']);
  await iot('delete-topic-rule', ...named);
  await send('porch');
  expect(await refused('get-topic-rule', ...named)).toMatchObject({ code: 'UnauthorizedException' });
  await client.publishAsync('end', 'end', { qos: 1 });
  await expect.poll(() => received.at(-1)?.topic).toBe('end');
  expect(received).toHaveLength(3);
});

test('An operation that is not served says so by its name.', async () => {
  expect(await refused('list-streams')).toMatchObject({
    code: 'UnsupportedOperationException',
    operation: 'ListStreams',
    message: expect.stringContaining('ListStreams of AWS IoT is not served here'),
  });
});

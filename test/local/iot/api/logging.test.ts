import {
  DeleteV2LoggingLevelCommand,
  GetLoggingOptionsCommand,
  GetV2LoggingOptionsCommand,
  ListV2LoggingLevelsCommand,
  type ListV2LoggingLevelsCommandInput,
  type LogLevel,
  type LogTarget,
  SetLoggingOptionsCommand,
  SetV2LoggingLevelCommand,
  SetV2LoggingOptionsCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startControlPlane, type TestControlPlane } from './support.ts';

const roleArn = 'arn:aws:iam::000000000000:role/logs';
let plane: TestControlPlane;
let client: IoTClient;

beforeEach(async () => {
  plane = await startControlPlane();
  ({ client } = plane);
});
afterEach(async () => {
  await plane.close();
});

const setLevel = (logTarget: LogTarget, logLevel: LogLevel) =>
  client.send(new SetV2LoggingLevelCommand({ logTarget, logLevel }));
const list = async (input: ListV2LoggingLevelsCommandInput = {}) =>
  (await client.send(new ListV2LoggingLevelsCommand(input))).logTargetConfigurations?.map(
    ({ logTarget, logLevel }) => [logTarget?.targetType, logTarget?.targetName, logLevel],
  );

test('The older options are off until they are set.', async () => {
  const get = () => client.send(new GetLoggingOptionsCommand({}));
  expect(await get()).toMatchObject({ logLevel: 'DISABLED' });
  await client.send(new SetLoggingOptionsCommand({ loggingOptionsPayload: { roleArn, logLevel: 'WARN' } }));
  expect(await get()).toMatchObject({ roleArn, logLevel: 'WARN' });
  await client.send(new SetLoggingOptionsCommand({ loggingOptionsPayload: { roleArn } }));
  expect(await get()).toMatchObject({ roleArn, logLevel: 'DISABLED' });
});

test('The newer options are not configured until they are set, and what is not given stays.', async () => {
  const get = () => client.send(new GetV2LoggingOptionsCommand({}));
  await expect(get()).rejects.toMatchObject({
    name: 'NotConfiguredException',
    $metadata: { httpStatusCode: 404 },
  });
  const eventConfigurations = [{ eventType: 'Publish-In', logLevel: 'DEBUG' as const }];
  await client.send(
    new SetV2LoggingOptionsCommand({ roleArn, defaultLogLevel: 'INFO', eventConfigurations }),
  );
  await client.send(new SetV2LoggingOptionsCommand({ disableAllLogs: true }));
  expect(await get()).toMatchObject({
    roleArn,
    defaultLogLevel: 'INFO',
    disableAllLogs: true,
    eventConfigurations,
  });
});

test('Targets have levels of their own beside the default.', async () => {
  const group = { targetType: 'THING_GROUP', targetName: 'hall' } as const;
  await expect(setLevel(group, 'DEBUG')).rejects.toMatchObject({ name: 'NotConfiguredException' });
  await expect(list()).rejects.toMatchObject({ name: 'NotConfiguredException' });
  await client.send(new SetV2LoggingOptionsCommand({ roleArn, defaultLogLevel: 'ERROR' }));
  await setLevel(group, 'INFO');
  await setLevel(group, 'DEBUG');
  await setLevel({ targetType: 'CLIENT_ID', targetName: 'lamp' }, 'WARN');
  await setLevel({ targetType: 'DEFAULT' }, 'DISABLED');
  expect(await list()).toEqual([
    ['CLIENT_ID', 'lamp', 'WARN'],
    ['DEFAULT', undefined, 'DISABLED'],
    ['THING_GROUP', 'hall', 'DEBUG'],
  ]);
  expect(await list({ targetType: 'THING_GROUP' })).toEqual([['THING_GROUP', 'hall', 'DEBUG']]);
  const { nextToken } = await client.send(new ListV2LoggingLevelsCommand({ maxResults: 2 }));
  expect(await list({ maxResults: 2, nextToken })).toEqual([['THING_GROUP', 'hall', 'DEBUG']]);
  const remove = () => client.send(new DeleteV2LoggingLevelCommand(group));
  await remove();
  await remove();
  expect(await list({ targetType: 'THING_GROUP' })).toEqual([]);
});

test.each([
  ['a group without a name', { targetType: 'THING_GROUP' }],
  ['the default with a name', { targetType: 'DEFAULT', targetName: 'hall' }],
] as const)('%s is no target.', async (_what, target) => {
  await client.send(new SetV2LoggingOptionsCommand({ roleArn, defaultLogLevel: 'ERROR' }));
  await expect(setLevel(target, 'INFO')).rejects.toMatchObject({ name: 'InvalidRequestException' });
});

test('The level of the default cannot be deleted.', async () => {
  await expect(
    client.send(new DeleteV2LoggingLevelCommand({ targetType: 'DEFAULT', targetName: 'x' })),
  ).rejects.toMatchObject({ name: 'InvalidRequestException' });
});

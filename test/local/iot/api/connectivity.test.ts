import {
  CreateThingCommand,
  GetThingConnectivityDataCommand,
  UpdateIndexingConfigurationCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startControlPlane, type TestControlPlane } from './support.ts';

let plane: TestControlPlane;
let client: IoTClient;

beforeEach(async () => {
  plane = await startControlPlane();
  ({ client } = plane);
  await client.send(new CreateThingCommand({ thingName: 'lamp' }));
});
afterEach(async () => {
  await plane.close();
});

const get = (includeSocketInformation?: boolean) =>
  client.send(new GetThingConnectivityDataCommand({ thingName: 'lamp', includeSocketInformation }));
const index = () =>
  client.send(
    new UpdateIndexingConfigurationCommand({
      thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS' },
    }),
  );

test('Whether a device is connected is told once connectivity is indexed.', async () => {
  await expect(get()).rejects.toMatchObject({ name: 'IndexNotReadyException' });
  await index();
  const { $metadata, ...never } = await get();
  expect($metadata.httpStatusCode).toBe(200);
  expect(never).toEqual({ thingName: 'lamp', connected: false });
  const timestamp = 1_557_651_600_000;
  plane.registry.indexConnectivity('lamp', { connected: true, timestamp });
  expect(await get()).toMatchObject({ connected: true, timestamp: new Date(timestamp) });
});

test.each([
  ['CONNECTION_LOST', 'CONNECTION_LOST'],
  ['API_INITIATED_DISCONNECT', 'UNKNOWN'],
])('A device that left with %s is told to have left with %s.', async (given, disconnectReason) => {
  await index();
  plane.registry.indexConnectivity('lamp', { connected: false, disconnectReason: given });
  expect(await get()).toMatchObject({ connected: false, disconnectReason });
});

test('Socket information, and a thing that is not there, are refused.', async () => {
  await index();
  await expect(get(true)).rejects.toMatchObject({ name: 'UnsupportedOperationException' });
  await expect(client.send(new GetThingConnectivityDataCommand({ thingName: 'none' }))).rejects.toMatchObject(
    { name: 'ResourceNotFoundException' },
  );
});

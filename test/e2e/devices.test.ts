import { rmSync } from 'node:fs';
import { DescribeEndpointCommand } from '@aws-sdk/client-iot';
import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  GetThingShadowCommand,
  PublishCommand,
} from '@aws-sdk/client-iot-data-plane';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../local/free-port.ts';
import { DeviceFleet, type DeviceCertificate } from '../support/device-fleet.ts';
import { createSdkDevice, type MqttVersion, type SdkDevice } from '../support/sdk-device.ts';
import { newFolder, startTestService, type TestService } from '../support/service.ts';

/** One device for each of the SDK's two MQTT clients; client, thing and topics have its name. */
const VERSIONS: readonly (readonly [version: MqttVersion, name: string])[] = [
  ['3.1.1', 'lamp-3'],
  ['5', 'lamp-5'],
];

const folder = newFolder();
let settings: Readonly<Record<string, string>>;
let service: TestService;
let fleet: DeviceFleet;
let host = '';
const certificates = new Map<string, DeviceCertificate>();
const devices = new Map<string, SdkDevice>();

/** The same ports each time: devices come back to where they were. */
async function startService(): Promise<void> {
  service = await startTestService({ folder, settings });
  fleet = new DeviceFleet(service.cloud);
}

async function stopService(): Promise<void> {
  fleet.close();
  await service.stop();
}

beforeAll(async () => {
  settings = { GLASSHOUSE_MQTTS_PORT: String(await freePort()) };
  await startService();
  const own = '${iot:Connection.Thing.ThingName}';
  await fleet.makePolicy(
    'fleet',
    { Effect: 'Allow', Action: 'iot:Connect', Resource: fleet.arn(`client/${own}`) },
    {
      Effect: 'Allow',
      Action: ['iot:Publish', 'iot:Receive'],
      Resource: [fleet.arn(`topic/lamps/${own}/*`), fleet.arn(`topic/$aws/things/${own}/shadow/*`)],
    },
    {
      Effect: 'Allow',
      Action: 'iot:Subscribe',
      Resource: [
        fleet.arn(`topicfilter/lamps/${own}/*`),
        fleet.arn(`topicfilter/$aws/things/${own}/shadow/*`),
      ],
    },
  );
  const { endpointAddress = '' } = await fleet.iot.send(
    new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' }),
  );
  host = endpointAddress;
  for (const [version, name] of VERSIONS) {
    const certificate = await fleet.makeDevice({ thingName: name, policyNames: ['fleet'] });
    certificates.set(name, certificate);
    const port = Number(new URL(service.cloud.mqttsUrl).port);
    const will = { topic: `lamps/${name}/gone`, payload: 'lost' };
    const options = { device: certificate, host, port, ca: fleet.ca, clientId: name, will };
    devices.set(name, createSdkDevice(version, options));
  }
});

afterAll(async () => {
  for (const device of devices.values()) await device.close();
  await stopService();
  rmSync(folder, { recursive: true, force: true });
});

function deviceOf(name: string): SdkDevice {
  const device = devices.get(name);
  if (device === undefined) throw new Error(`there is no device ${name}`);
  return device;
}

async function connection(clientId: string) {
  return fleet.data.send(new GetConnectionCommand({ clientId }));
}

test.each(VERSIONS)(
  "AWS's device SDK connects over MQTT %s with its certificate, publishes and subscribes (%s).",
  async (_version, name) => {
    const device = deviceOf(name);
    await device.connect();
    expect(await connection(name)).toMatchObject({ connected: true, cleanSession: false });

    await device.subscribe(`lamps/${name}/in`);
    const { received } = await fleet.watch(`lamps/${name}/out`);
    await device.publish(`lamps/${name}/out`, '{"lit":true}');
    await expect.poll(() => received).toEqual([{ topic: `lamps/${name}/out`, message: { lit: true } }]);

    await fleet.data.send(
      new PublishCommand({ topic: `lamps/${name}/in`, qos: 1, payload: Buffer.from('{"light":true}') }),
    );
    await expect
      .poll(() => device.received)
      .toEqual([{ topic: `lamps/${name}/in`, message: { light: true } }]);
  },
);

test.each(VERSIONS)(
  'Its shadow client of MQTT %s updates the shadow and is told of delta and documents (%s).',
  async (_version, thingName) => {
    const shadows = deviceOf(thingName).shadows();
    const deltas: unknown[] = [];
    const documents: unknown[] = [];
    const subscribed: unknown[] = [];
    const deltaStream = shadows.createShadowDeltaUpdatedStream({ thingName });
    const documentStream = shadows.createShadowUpdatedStream({ thingName });
    deltaStream.on('incomingPublish', ({ message }) => deltas.push(message));
    documentStream.on('incomingPublish', ({ message }) => documents.push(message));
    for (const stream of [deltaStream, documentStream]) {
      stream.on('subscriptionStatus', ({ type }) => subscribed.push(type));
      stream.open();
    }
    await expect.poll(() => subscribed).toEqual([0, 0]);

    const reported = { lit: false, colour: 'red' };
    const accepted = await shadows.updateShadow({ thingName, state: { reported } });
    expect(accepted).toMatchObject({ version: 1, state: { reported } });
    const desired = { lit: true };
    expect(await shadows.updateShadow({ thingName, state: { desired } })).toMatchObject({ version: 2 });

    await expect.poll(() => deltas).toMatchObject([{ version: 2, state: { lit: true } }]);
    await expect
      .poll(() => documents)
      .toMatchObject([
        { current: { version: 1, state: { reported } } },
        { previous: { version: 1 }, current: { version: 2, state: { reported, desired } } },
      ]);
    const stale = shadows.updateShadow({ thingName, version: 1, state: { desired } });
    await expect(stale).rejects.toMatchObject({ modeledError: { code: 409 } });

    const { payload } = await fleet.data.send(new GetThingShadowCommand({ thingName }));
    expect(JSON.parse(Buffer.from(payload ?? []).toString())).toMatchObject({
      version: 2,
      state: { reported, desired, delta: { lit: true } },
    });
    deltaStream.close();
    documentStream.close();
    shadows.close();
  },
);

test.each(VERSIONS)(
  'The last will of its MQTT %s is delivered when its connection is cut, and it comes back (%s).',
  async (_version, name) => {
    const device = deviceOf(name);
    const { received } = await fleet.watch(`lamps/${name}/gone`);
    const lettingsIn = device.sessionsFound.length;
    await fleet.data.send(new DeleteConnectionCommand({ clientId: name }));
    await expect.poll(() => received).toEqual([{ topic: `lamps/${name}/gone`, message: 'lost' }]);
    await expect.poll(() => device.sessionsFound.slice(lettingsIn), { timeout: 30_000 }).toEqual([true]);
    expect(await connection(name)).toMatchObject({ connected: true });
  },
);

test('Their sessions outlast the cloud: who was away gets what was published, who was there comes back.', async () => {
  const [stays, leaves] = [deviceOf('lamp-3'), deviceOf('lamp-5')];
  const lettingsIn = stays.sessionsFound.length;
  await leaves.disconnect();
  await expect.poll(() => connection('lamp-5')).toMatchObject({ connected: false });
  const messages = ['first', 'second'];
  for (const payload of messages) {
    await fleet.data.send(
      new PublishCommand({ topic: 'lamps/lamp-5/in', qos: 1, payload: Buffer.from(payload) }),
    );
  }
  const retained = { topic: 'lamps/all', qos: 1, retain: true, payload: Buffer.from('kept') };
  await fleet.data.send(new PublishCommand(retained));
  await stopService();
  await startService();

  const { received } = await fleet.watch('lamps/all');
  await expect.poll(() => received).toEqual([{ topic: 'lamps/all', message: 'kept' }]);
  const before = leaves.received.length;
  await leaves.connect();
  expect(leaves.sessionsFound.at(-1)).toBe(true);
  await expect.poll(() => leaves.received.slice(before).map(({ message }) => message)).toEqual(messages);

  await expect.poll(() => stays.sessionsFound.slice(lettingsIn), { timeout: 30_000 }).toEqual([true]);
  await fleet.data.send(
    new PublishCommand({ topic: 'lamps/lamp-3/in', qos: 1, payload: Buffer.from('"welcome"') }),
  );
  await expect.poll(() => stays.received.at(-1)).toEqual({ topic: 'lamps/lamp-3/in', message: 'welcome' });
  const { payload } = await fleet.data.send(new GetThingShadowCommand({ thingName: 'lamp-3' }));
  expect(JSON.parse(Buffer.from(payload ?? []).toString())).toMatchObject({ version: 2 });
});

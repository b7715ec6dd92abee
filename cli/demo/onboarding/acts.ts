import { PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeCertificateCommand,
  DescribeThingCommand,
  GetRegistrationCodeCommand,
  ListAttachedPoliciesCommand,
  ListThingGroupsForThingCommand,
  RegisterCACertificateCommand,
  ResourceNotFoundException,
  type IoTClient,
} from '@aws-sdk/client-iot';
import type { MqttClient } from 'mqtt';
import type { RunningCloud } from '../../../local/running.ts';
import { readDevice } from '../../../shared/device-registry/read-devices.ts';
import { CommandError } from '../../errors.ts';
import { connectMqtt } from '../../mqtt.ts';
import type { Authority, Identity } from './authority.ts';
import type { Names } from './command-lines.ts';

const TOPIC = 'anom/detect';
export const MESSAGE = 'Hello';

/** A device backs off like this: twice as long after each refusal, and for good after a minute. */
const FIRST_BACK_OFF_MS = 100;
const MAX_BACK_OFF_MS = 2_000;
const GIVES_UP_MS = 60_000;
const HEARS_WITHIN_MS = 10_000;

/** What the demo works with. */
export interface Props {
  readonly cloud: RunningCloud;
  readonly iot: IoTClient;
  readonly dynamodb: DynamoDBClient;
  /** Milliseconds since the epoch, of the cloud. */
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Told apart from what other runs have made. */
  readonly suffix: string;
}

/** Registers a CA with a certificate that proves that its key is at hand. @returns its id */
export async function registerCa(iot: IoTClient, ca: Authority): Promise<string> {
  const { registrationCode = '' } = await iot.send(new GetRegistrationCodeCommand({}));
  const verification = await ca.issue(registrationCode);
  const { certificateId = '' } = await iot.send(
    new RegisterCACertificateCommand({
      caCertificate: ca.certificatePem,
      verificationCertificate: verification.certificatePem,
      setAsActive: true,
      allowAutoRegistration: true,
    }),
  );
  return certificateId;
}

/** Puts the device on the allow-list, by its common name. */
export async function allow({ dynamodb }: Props, { device, allowListTable }: Names): Promise<void> {
  const Item = { listing: { S: `name/${device}` }, decision: { S: 'allow' } };
  await dynamodb.send(new PutItemCommand({ TableName: allowListTable, Item }));
}

/** Connects again and again, as a device that was refused does. */
export async function comeBack(connect: () => Promise<MqttClient | undefined>, { sleep }: Props) {
  let waitedMs = 0;
  for (let tries = 1; ; tries += 1) {
    const backOffMs = Math.min(FIRST_BACK_OFF_MS * 2 ** (tries - 1), MAX_BACK_OFF_MS);
    await sleep(backOffMs);
    const client = await connect();
    if (client !== undefined) return { client, tries };
    waitedMs += backOffMs;
    if (waitedMs > GIVES_UP_MS) throw wrong(`it was refused ${tries} times: \`glasshouse why\` tells more`);
  }
}

/** What the device has become in the registry, and on record. */
export async function describeDevice(
  { cloud, iot, dynamodb }: Props,
  thingName: string,
  lamp: Identity,
): Promise<string> {
  const thing = await iot.send(new DescribeThingCommand({ thingName }));
  const { thingGroups = [] } = await iot.send(new ListThingGroupsForThingCommand({ thingName }));
  const answer = await iot.send(new DescribeCertificateCommand({ certificateId: lamp.certificateId }));
  const target = answer.certificateDescription?.certificateArn;
  const { policies = [] } = await iot.send(new ListAttachedPoliciesCommand({ target }));
  const device = await readDevice(
    { client: dynamodb, tableName: resource(cloud, 'DevicesTable') },
    thingName,
  );
  if (device?.certificateId !== lamp.certificateId) throw wrong('it is not on record');
  const groups = thingGroups.map(({ groupName }) => groupName).join(', ');
  const names = policies.map(({ policyName }) => policyName).join(', ');
  return `type ${thing.thingTypeName ?? 'none'}, group ${groups}, policy ${names}, ${device.state}`;
}

/** Has the device say something, and somebody else hear it. */
export async function hear({ mqttUrl }: RunningCloud, device: MqttClient): Promise<string> {
  const subscriber = await connectMqtt(mqttUrl);
  try {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    subscriber.on('message', (topic, payload) => {
      if (payload.toString() === MESSAGE) resolve(`${topic}: ${MESSAGE}`);
    });
    await subscriber.subscribeAsync(TOPIC, { qos: 1 });
    await device.publishAsync(TOPIC, MESSAGE, { qos: 1 });
    const late = setTimeout(() => reject(wrong('nobody heard it')), HEARS_WITHIN_MS);
    return await promise.finally(() => clearTimeout(late));
  } finally {
    subscriber.end(true);
  }
}

/** Resolves as soon as the connection is closed. */
export function whenClosed(client: MqttClient): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const late = setTimeout(() => reject(wrong('its connection stays open')), HEARS_WITHIN_MS);
  client.once('close', () => {
    clearTimeout(late);
    resolve();
  });
  return promise;
}

/** Resolves when a try to connect was refused. */
export async function refused(connecting: Promise<MqttClient | undefined>): Promise<void> {
  const client = await connecting;
  if (client === undefined) return;
  client.end(true);
  throw wrong('it was accepted');
}

/** The status of a certificate; undefined when AWS IoT does not know it. */
export async function statusOf(iot: IoTClient, { certificateId }: Identity): Promise<string | undefined> {
  try {
    const answer = await iot.send(new DescribeCertificateCommand({ certificateId }));
    return answer.certificateDescription?.status;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** What the template calls a resource. @throws CommandError NO_ACTIVATION */
export function resource({ resources }: RunningCloud, logicalId: string): string {
  const name = resources[logicalId];
  if (name !== undefined) return name;
  throw new CommandError('NO_ACTIVATION', `the running cloud has no ${logicalId}: it is not this service's`);
}

/** What an earlier step has made: none is done after one that failed. */
export function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw wrong('an earlier step has not made it');
  return value;
}

/** Something is not as it should be. */
export function wrong(what: string): CommandError {
  return new CommandError('DEMO_FAILED', what);
}

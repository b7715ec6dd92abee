import { generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';
import { makeSigningRequest } from '../test/support/x509.ts';
import { DEVICE_POLICY, readingTopic, WATCHER_POLICY } from './fleet-policy.ts';
import { forEachAtOnce, type IotApi } from './iot-api.ts';

/** A device of the fleet, or somebody who watches it: the client id, and what it shows in its handshake. */
export interface FleetMember {
  readonly clientId: string;
  /** PEM. */
  readonly key: string;
  /** PEM. */
  readonly cert: string;
  /** What a device publishes on, or a watcher subscribes to. */
  readonly topic: string;
}

export interface Fleet {
  readonly devices: readonly FleetMember[];
  readonly watchers: readonly FleetMember[];
  /** CreateThing calls a second, while the fleet was registered. */
  readonly thingsPerSecond: number;
}

const issuedSchema = z.object({ certificateArn: z.string(), certificatePem: z.string() });

const HALLS = 5;

/**
 * Registers a fleet by the API, as one does on AWS: a thing for each device with its hall as an attribute, a
 * certificate of its own, and the policy of ten statements. Each hall has somebody who watches it.
 */
export async function registerFleet(api: IotApi, size: number): Promise<Fleet> {
  await api.call('POST', '/policies/device', { policyDocument: DEVICE_POLICY });
  await api.call('POST', '/policies/watcher', { policyDocument: WATCHER_POLICY });
  const named = Array.from({ length: size }, (_, index) => ({
    thingName: `machine-${String(index).padStart(4, '0')}`,
    hall: hallName(index % HALLS),
  }));

  const startedMs = performance.now();
  await forEachAtOnce(named, async ({ thingName, hall }) => {
    await api.call('POST', `/things/${thingName}`, { attributePayload: { attributes: { hall } } });
  });
  const thingsPerSecond = (size * 1_000) / (performance.now() - startedMs);

  const devices: FleetMember[] = [];
  await forEachAtOnce(named, async ({ thingName, hall }) => {
    const { certificateArn, ...shown } = await issue(api, thingName, 'device');
    await api.call('PUT', `/things/${thingName}/principals`, {}, { 'x-amzn-principal': certificateArn });
    devices.push({ clientId: thingName, topic: readingTopic(hall, thingName), ...shown });
  });
  const watchers: FleetMember[] = [];
  for (let hall = 0; hall < HALLS; hall += 1) {
    const clientId = `watcher-${hall}`;
    const { key, cert } = await issue(api, clientId, 'watcher');
    watchers.push({ clientId, topic: readingTopic(hallName(hall), '+'), key, cert });
  }
  return { devices, watchers, thingsPerSecond };
}

function hallName(hall: number): string {
  return `hall-${String(hall).padStart(2, '0')}`;
}

/** A key of its own, the certificate that the cloud issues for it, and a policy on that. */
async function issue(api: IotApi, name: string, policyName: string) {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificateSigningRequest = makeSigningRequest({ CommonName: [name] }, keys);
  const answer = await api.call('POST', '/certificates?setAsActive=true', { certificateSigningRequest });
  const { certificateArn, certificatePem } = issuedSchema.parse(answer);
  await api.call('PUT', `/target-policies/${policyName}`, { target: certificateArn });
  const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { certificateArn, key, cert: certificatePem };
}

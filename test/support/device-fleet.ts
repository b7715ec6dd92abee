import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateKeysAndCertificateCommand,
  CreatePolicyCommand,
  CreateThingCommand,
  IoTClient,
} from '@aws-sdk/client-iot';
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import type { RunningCloud } from '../../local/running.ts';

/** A certificate that is registered with the cloud, and its key. */
export interface DeviceCertificate {
  readonly certificateId: string;
  readonly certificateArn: string;
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly privateKey: string;
}

export interface NewDevice {
  /** A thing that the certificate is attached to. @default none */
  readonly thingName?: string;
  /** Policies that are attached to the certificate; they exist. @default none */
  readonly policyNames?: readonly string[];
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** A message that was received, its payload read as JSON where it is JSON. */
export interface Received {
  readonly topic: string;
  readonly message: unknown;
}

/** The devices of a running cloud: makes them by AWS's APIs, and connects as one of them or as an onlooker. */
export class DeviceFleet {
  readonly iot: IoTClient;
  readonly data: IoTDataPlaneClient;
  readonly #cloud: RunningCloud;
  readonly #clients: MqttClient[] = [];

  constructor(cloud: RunningCloud) {
    const { endpointUrl, region } = cloud;
    const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
    this.#cloud = cloud;
    this.iot = new IoTClient({ endpoint: endpointUrl, region, credentials, maxAttempts: 1 });
    this.data = new IoTDataPlaneClient({ endpoint: endpointUrl, region, credentials, maxAttempts: 1 });
  }

  /** The root certificate of the cloud, PEM. */
  get ca(): string {
    return readFileSync(this.#cloud.caFile, 'utf8');
  }

  /** The ARN of something of AWS IoT: `topic/a`, `topicfilter/a`, `client/a`. */
  arn(resource: string): string {
    return `arn:aws:iot:${this.#cloud.region}:${this.#cloud.accountId}:${resource}`;
  }

  async makePolicy(policyName: string, ...statements: readonly Statement[]): Promise<void> {
    const policyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    await this.iot.send(new CreatePolicyCommand({ policyName, policyDocument }));
  }

  /** Makes a certificate by CreateKeysAndCertificate, ACTIVE, with what belongs to it. */
  async makeDevice({ thingName, policyNames = [] }: NewDevice = {}): Promise<DeviceCertificate> {
    const made = await this.iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
    const { certificateId = '', certificateArn = '', certificatePem = '', keyPair } = made;
    for (const policyName of policyNames) await this.attachPolicy(policyName, certificateArn);
    if (thingName !== undefined) {
      await this.iot.send(new CreateThingCommand({ thingName }));
      await this.iot.send(new AttachThingPrincipalCommand({ thingName, principal: certificateArn }));
    }
    const privateKey = keyPair?.PrivateKey ?? '';
    return { certificateId, certificateArn, certificate: certificatePem, privateKey };
  }

  async attachPolicy(policyName: string, target: string): Promise<void> {
    await this.iot.send(new AttachPolicyCommand({ policyName, target }));
  }

  /** Connects over mTLS, as a device that comes once and does not try again. */
  async connect(
    device: DeviceCertificate,
    clientId: string,
    options: IClientOptions = {},
  ): Promise<MqttClient> {
    const { certificate: cert, privateKey: key } = device;
    const { mqttsUrl } = this.#cloud;
    const shown = { ca: this.ca, cert, key, clientId, reconnectPeriod: 0 };
    const client = await connectAsync(mqttsUrl, { ...shown, ...options }, false);
    this.#clients.push(client);
    return client;
  }

  /** Watches topics without a certificate, where no policy applies. What it receives is added to the list. */
  async watch(...filters: readonly string[]): Promise<{ client: MqttClient; received: Received[] }> {
    const client = await connectAsync(this.#cloud.mqttUrl, { reconnectPeriod: 0 });
    this.#clients.push(client);
    const received = receivedBy(client);
    for (const filter of filters) await client.subscribeAsync(filter, { qos: 1 });
    return { client, received };
  }

  /** Publishes over HTTPS with the certificate. */
  async post(
    device: DeviceCertificate,
    path: string,
    body: string,
  ): Promise<{ readonly status: number | undefined; readonly text: string }> {
    const { certificate: cert, privateKey: key } = device;
    return new Promise((resolve, reject) => {
      const url = new URL(path, this.#cloud.httpsUrl);
      const call = request(url, { method: 'POST', ca: this.ca, cert, key, agent: false }, (response) => {
        text(response).then((answer) => resolve({ status: response.statusCode, text: answer }), reject);
      });
      call.once('error', reject).end(body);
    });
  }

  close(): void {
    for (const client of this.#clients) client.end(true);
    this.iot.destroy();
    this.data.destroy();
  }
}

/** Collects what a client receives from now on. */
export function receivedBy(client: MqttClient): Received[] {
  const received: Received[] = [];
  client.on('message', (topic, payload) =>
    received.push({ topic, message: readMessage(payload.toString()) }),
  );
  return received;
}

export function readMessage(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}

/** Resolves when a client's connection is gone. */
export function closed(client: MqttClient): Promise<void> {
  return new Promise((resolve) => {
    client.once('close', () => resolve());
  });
}

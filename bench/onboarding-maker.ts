import { generateKeyPairSync } from 'node:crypto';
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetRegistrationCodeCommand,
  IoTClient,
  ListCertificatesByCACommand,
  ListThingsCommand,
  RegisterCACertificateCommand,
} from '@aws-sdk/client-iot';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { RunningCloud } from '../local/running.ts';
import { makeCa, makeCertificate, type TestCertificate } from '../test/support/x509.ts';

/** A device that the cloud knows nothing of yet but that its name is in the allow-list. */
export interface NewDevice {
  readonly name: string;
  readonly certificateId: string;
  /** PEM. */
  readonly key: string;
  /** PEM of its certificate and of its maker's CA: AWS IoT registers nobody who does not show both. */
  readonly cert: string;
}

export interface Registered {
  /** ACTIVE certificates of the maker. */
  readonly active: number;
  /** Things, by the certificate that each says it has. */
  readonly things: ReadonlyMap<string, readonly string[]>;
}

const ITEMS_A_REQUEST = 25;

/** A maker of devices, with a CA that it has registered in a running cloud, and what an administrator may ask. */
export class Maker {
  readonly #iot: IoTClient;
  readonly #dynamodb: DynamoDBClient;
  readonly #lambda: LambdaClient;
  readonly #cloud: RunningCloud;
  readonly #ca: TestCertificate = makeCa('Makers root');
  #caCertificateId = '';

  private constructor(cloud: RunningCloud) {
    const { endpointUrl: endpoint, region } = cloud;
    const options = { endpoint, region, credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' } };
    this.#cloud = cloud;
    this.#iot = new IoTClient(options);
    this.#dynamodb = new DynamoDBClient(options);
    this.#lambda = new LambdaClient(options);
  }

  /** Registers the CA with a certificate that proves it, ACTIVE, with auto-registration on. */
  static async register(cloud: RunningCloud): Promise<Maker> {
    const maker = new Maker(cloud);
    const { registrationCode = '' } = await maker.#iot.send(new GetRegistrationCodeCommand({}));
    const proof = makeCertificate({ subject: { CommonName: [registrationCode] }, issuer: maker.#ca });
    const { certificateId = '' } = await maker.#iot.send(
      new RegisterCACertificateCommand({
        caCertificate: maker.#ca.pem,
        verificationCertificate: proof.pem,
        setAsActive: true,
        allowAutoRegistration: true,
      }),
    );
    maker.#caCertificateId = certificateId;
    return maker;
  }

  /** Makes devices, each with a key of its own, and lists them. */
  async make(names: readonly string[]): Promise<NewDevice[]> {
    for (let at = 0; at < names.length; at += ITEMS_A_REQUEST) {
      await this.#allow(names.slice(at, at + ITEMS_A_REQUEST));
    }
    return names.map((name) => {
      const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      const { certificate, pem } = makeCertificate({
        subject: { CommonName: [name] },
        issuer: this.#ca,
        keys,
      });
      return {
        name,
        certificateId: certificate.certificateId,
        key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        cert: pem + this.#ca.pem,
      };
    });
  }

  /** Sends a device's event to the function, as AWS IoT may do at any time. @returns what became of it */
  async repeatEvent({ certificateId }: NewDevice): Promise<unknown> {
    const event = {
      certificateId,
      caCertificateId: this.#caCertificateId,
      timestamp: Date.now(),
      certificateStatus: 'PENDING_ACTIVATION',
      awsAccountId: this.#cloud.accountId,
      certificateRegistrationTimestamp: null,
    };
    const { Payload: payload } = await this.#lambda.send(
      new InvokeCommand({
        FunctionName: 'glasshouse-dev-activate-certificate',
        Payload: Buffer.from(JSON.stringify(event)),
      }),
    );
    const result: unknown = JSON.parse(Buffer.from(payload ?? []).toString());
    return result;
  }

  /** What the registry holds, read page by page. */
  async registered(): Promise<Registered> {
    let active = 0;
    let marker: string | undefined;
    do {
      const page = await this.#iot.send(
        new ListCertificatesByCACommand({
          caCertificateId: this.#caCertificateId,
          pageSize: 250,
          ...(marker === undefined ? {} : { marker }),
        }),
      );
      active += (page.certificates ?? []).filter(({ status }) => status === 'ACTIVE').length;
      marker = page.nextMarker;
    } while (marker !== undefined);

    const things = new Map<string, string[]>();
    let nextToken: string | undefined;
    do {
      const page = await this.#iot.send(
        new ListThingsCommand({ maxResults: 250, ...(nextToken === undefined ? {} : { nextToken }) }),
      );
      for (const { thingName = '', attributes = {} } of page.things ?? []) {
        const certificateId = attributes['certificateId'] ?? '';
        things.set(certificateId, [...(things.get(certificateId) ?? []), thingName]);
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return { active, things };
  }

  close(): void {
    for (const client of [this.#iot, this.#dynamodb, this.#lambda]) client.destroy();
  }

  async #allow(names: readonly string[]): Promise<void> {
    const table = this.#cloud.resources['AllowListTable'];
    if (table === undefined) throw new Error('the template has no AllowListTable');
    const requests = names.map((name) => ({
      PutRequest: { Item: { listing: { S: `name/${name}` }, decision: { S: 'allow' } } },
    }));
    await this.#dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
  }
}

import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  AttachThingPrincipalCommand,
  CreateThingCommand,
  GetRegistrationCodeCommand,
  IoTClient,
  RegisterCACertificateCommand,
  RegisterCertificateCommand,
} from '@aws-sdk/client-iot';
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { createCaDirectory } from '../../../functions/sweep-certificates/ca-directory.ts';
import { createConnections } from '../../../functions/sweep-certificates/connections.ts';
import { createRevocationLists } from '../../../functions/sweep-certificates/lists.ts';
import { createMemory } from '../../../functions/sweep-certificates/memory.ts';
import { createPace } from '../../../functions/sweep-certificates/pace.ts';
import { createRegistry, type Call } from '../../../functions/sweep-certificates/registry.ts';
import type { Report } from '../../../functions/sweep-certificates/report.ts';
import type { SweepRequest } from '../../../functions/sweep-certificates/request.ts';
import { createRunStore } from '../../../functions/sweep-certificates/run-store.ts';
import type { SweepServices, SweepSettings } from '../../../functions/sweep-certificates/services.ts';
import { sweep } from '../../../functions/sweep-certificates/sweep.ts';
import { createTolerate } from '../../../functions/sweep-certificates/tolerate.ts';
import { createDataPlaneHandler } from '../../../local/iot/data-plane.ts';
import type { RegistryLimits } from '../../../local/iot/registry/index.ts';
import { readDevice } from '../../../shared/device-registry/read-devices.ts';
import { changeDeviceState, claimDevice } from '../../../shared/device-registry/write-device.ts';
import { withRetries } from '../../../shared/retry.ts';
import { createCrlSource } from '../../../shared/x509/crl-source.ts';
import { CREDENTIALS, REGION, startEndpoint } from '../../local/endpoint/support.ts';
import { connected, startCloud } from '../../local/iot/gateway/support.ts';
import { makeCertificate, type Issued } from '../../shared/x509/pki.ts';
import type { TestDynamoDb } from '../../support/dynamodb.ts';
import { certificateArn, openWorld, type World } from '../activate-certificate/world.ts';
import { Power } from './power.ts';

export const DAY_MS = 24 * 3_600_000;
const INVOCATION_MS = 900_000;

export interface FleetOptions {
  readonly limits?: Partial<RegistryLimits>;
  readonly settings?: Partial<SweepSettings>;
  readonly acceptedCas?: readonly string[];
  readonly crlAddress?: string;
  /** @default no pace: it is no subject of most tests, and moves the clock */
  readonly callsPerSecond?: number;
}

/** What one invocation is given beside its event. */
export interface InvocationOptions {
  /** @default the time is never up */
  readonly isTimeUp?: () => boolean;
  /** @default calls are made once */
  readonly deadlineMs?: number;
  readonly random?: () => number;
}

/**
 * A fleet around the registry and the tables of activation's tests: with devices that are connected to a gateway, and a
 * sweep that asks for all of it over HTTP.
 */
export async function openFleet(dynamodb: TestDynamoDb, options: FleetOptions = {}) {
  const world: World = await openWorld(
    dynamodb,
    options.limits === undefined ? {} : { limits: options.limits },
  );
  const { clock, admin, devices, held } = world;
  const power = new Power();
  const { gateway, published } = startCloud();
  const dataPlane = createDataPlaneHandler({ publish: () => {}, newId: randomUUID, gateway });
  const endpoint = await startEndpoint({ iotdata: dataPlane, iotdevicegateway: dataPlane });
  const connection = { region: REGION, credentials: CREDENTIALS, maxAttempts: 1 };
  const iot = new IoTClient({ ...connection, endpoint: world.controlPlaneUrl });
  const iotData = new IoTDataPlaneClient({ ...connection, endpoint: endpoint.url });
  const tables = new DynamoDBClient({ ...connection, endpoint: dynamodb.url });
  // Each call of the function's clients goes through the power.
  const first = { step: 'initialize' } as const;
  const nameOf = (name: unknown): string => String(name).replace(/Command$/, '');
  iot.middlewareStack.add(
    (next, context) => (input) => power.call(nameOf(context.commandName), () => next(input)),
    first,
  );
  iotData.middlewareStack.add(
    (next, context) => (input) => power.call(nameOf(context.commandName), () => next(input)),
    first,
  );
  tables.middlewareStack.add(
    (next, context) => (input) => power.call(nameOf(context.commandName), () => next(input)),
    first,
  );
  const sweepTable = await dynamodb.createTable('subject');
  const presenceTable = `presence-${randomUUID()}`;
  await dynamodb.client.send(
    new CreateTableCommand({
      TableName: presenceTable,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'thingName', AttributeType: 'S' },
        { AttributeName: 'atMs', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'thingName', KeyType: 'HASH' },
        { AttributeName: 'atMs', KeyType: 'RANGE' },
      ],
    }),
  );
  const settings: SweepSettings = {
    expiryWarningDays: [30, 7],
    caExpiryWarningDays: [90],
    unseenDays: 30,
    pageSize: 3,
    ...options.settings,
  };
  const reports: Report[] = [];
  const askedAgain: string[] = [];
  const metrics: Record<string, number> = {};
  const skipped: Readonly<Record<string, unknown>>[] = [];
  const now = (): number => clock.now();

  /** A container of its own: nothing is kept in memory. */
  function services(invocation: InvocationOptions = {}): SweepServices {
    const { isTimeUp = () => false, deadlineMs = 0, random = () => 0.5 } = invocation;
    const time = { now, sleep: async (ms: number) => clock.advance(ms) };
    const pace = createPace(options.callsPerSecond ?? Number.POSITIVE_INFINITY, time);
    const call: Call = (make) =>
      withRetries(
        async () => {
          await pace();
          return make();
        },
        { deadlineMs, random, ...time },
      );
    const count = (metric: string, value = 1): void =>
      void (metrics[metric] = (metrics[metric] ?? 0) + value);
    const memory = createMemory(tables, sweepTable);
    const { tolerate, requireFewSkipped } = createTolerate({ count, log: (line) => skipped.push(line) });
    const registry = createRegistry(iot, call, settings.pageSize);
    const tell = (report: Report): Promise<void> =>
      power.call(`Tell ${report.reason}`, async () => void reports.push(report));
    return {
      settings,
      runs: createRunStore({
        client: tables,
        tableName: sweepTable,
        now,
        newHolder: randomUUID,
        leaseUntilMs: now() + INVOCATION_MS,
      }),
      registry,
      cas: createCaDirectory(registry, options.acceptedCas, tolerate),
      lists: createRevocationLists({
        crls: createCrlSource({ fetch, now }),
        memory,
        tell,
        now,
        crlAddress: options.crlAddress,
        count,
      }),
      connections: createConnections(iotData, now, call),
      memory,
      devices: { ...devices, client: tables },
      presence: { client: tables, tableName: presenceTable },
      held: { ...held, client: tables },
      askAgain: (certificateId) => power.call('Invoke', async () => void askedAgain.push(certificateId)),
      tell,
      tolerate,
      requireFewSkipped,
      now,
      isTimeUp,
      count,
    };
  }

  async function register(issued: Issued, ca: Issued, status: 'ACTIVE' | 'INACTIVE'): Promise<void> {
    const { pem: certificatePem } = issued;
    await admin.send(new RegisterCertificateCommand({ certificatePem, caCertificatePem: ca.pem, status }));
  }

  return {
    world,
    clock,
    power,
    gateway,
    /** What clients have published, wills too. */
    published,
    devices,
    held,
    sweepTable,
    presenceTable,
    dataPlaneUrl: endpoint.url,
    settings,
    reports,
    askedAgain,
    metrics,
    skipped,
    services,
    statusOf: world.statusOf,
    deviceOf: (thingName: string) => readDevice(devices, thingName),

    /** Runs the function in a container of its own. */
    run: (request: SweepRequest, invocation?: InvocationOptions) => sweep(request, services(invocation)),

    /** A whole sweep of the day that it is. */
    sweepNow: () => sweep({ kind: 'sweep', runId: new Date(clock.now()).toISOString() }, services()),

    /** Another CA than the one that is there. */
    async registerCa(ca: Issued): Promise<string> {
      const { registrationCode = '' } = await admin.send(new GetRegistrationCodeCommand({}));
      const verification = makeCertificate({ commonNames: [registrationCode], issuer: ca });
      const { certificateId = '' } = await admin.send(
        new RegisterCACertificateCommand({
          caCertificate: ca.pem,
          verificationCertificate: verification.pem,
          setAsActive: true,
          allowAutoRegistration: true,
        }),
      );
      return certificateId;
    },

    register,

    /** Attaches a certificate to a thing that is there. */
    async attach(thingName: string, { certificate }: Issued): Promise<void> {
      const principal = certificateArn(certificate.certificateId);
      await admin.send(new AttachThingPrincipalCommand({ thingName, principal }));
    },

    /** A device as its activation leaves it. */
    async addDevice(thingName: string, issued: Issued, ca: Issued, caCertificateId: string): Promise<void> {
      const { certificateId, serialNumber, notAfterMs } = issued.certificate;
      await register(issued, ca, 'ACTIVE');
      await admin.send(new CreateThingCommand({ thingName }));
      await admin.send(
        new AttachThingPrincipalCommand({ thingName, principal: certificateArn(certificateId) }),
      );
      const device = { thingName, certificateId, caCertificateId, serialNumber, notAfterMs };
      const first = { atMs: clock.now(), reason: 'first connection' };
      await claimDevice(devices, device, first);
      await changeDeviceState(devices, device, 'ACTIVE', first);
    },

    /** A lifecycle event, as the rule puts it into the table. */
    async note(thingName: string, eventType: 'connected' | 'disconnected', atMs: number): Promise<void> {
      const Item = { thingName, atMs, eventType, expiresAtSeconds: Math.floor(atMs / 1_000) + 14 * 86_400 };
      await dynamodb.client.send(new PutCommand({ TableName: presenceTable, Item }));
    },

    /** A client that is connected. */
    connectClient: (clientId: string, fields: Parameters<typeof connected>[1] = {}) =>
      connected(gateway, { clientId, ...fields }),
    isConnected: (clientId: string) => gateway.client(clientId)?.isConnected === true,

    async close(): Promise<void> {
      for (const client of [iot, iotData, tables]) client.destroy();
      gateway.close();
      await endpoint.close();
      await world.close();
    },
  };
}

export type Fleet = Awaited<ReturnType<typeof openFleet>>;

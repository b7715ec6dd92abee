import { inspect } from 'node:util';
import {
  AttachThingPrincipalCommand,
  CreateThingCommand,
  DescribeCertificateCommand,
  DescribeThingCommand,
  IoTClient,
  ListAttachedPoliciesCommand,
  ListThingGroupsForThingCommand,
  ListThingPrincipalsCommand,
  UpdateCertificateCommand,
  type CertificateStatus,
} from '@aws-sdk/client-iot';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { activate } from '../../../functions/activate-certificate/activate.ts';
import type {
  ActivationServices,
  ActivationSettings,
} from '../../../functions/activate-certificate/activation.ts';
import type { Activated, Held } from '../../../functions/activate-certificate/announce.ts';
import { createControlPlane } from '../../../functions/activate-certificate/control-plane.ts';
import type { RetryOptions } from '../../../shared/retry.ts';
import type { ActivationStep } from '../../../functions/activate-certificate/steps.ts';
import { createControlPlane as createLocalControlPlane } from '../../../local/iot/api/index.ts';
import { createThingLookup, type RegistryLimits } from '../../../local/iot/registry/index.ts';
import { createDeviceIdentities } from '../../../local/iot/registry/device-identities.ts';
import { createSecurityContext } from '../../../local/iot/registry/security-context.ts';
import { findInAllowList } from '../../../shared/device-registry/allow-list.ts';
import { readHeldCertificate } from '../../../shared/device-registry/held-certificates.ts';
import { readDevice } from '../../../shared/device-registry/read-devices.ts';
import { createCrlSource } from '../../../shared/x509/crl-source.ts';
import { checkRevocation } from '../../../shared/x509/revocation.ts';
import type { TestDynamoDb } from '../../support/dynamodb.ts';
import { openRegistry } from '../../local/iot/api/support.ts';
import { CREDENTIALS, REGION, startEndpoint } from '../../local/endpoint/support.ts';
import { authority } from '../../local/iot/registry/security-support.ts';
import { makeCertificate, makeCrl, type CertificateOptions, type Issued } from '../../shared/x509/pki.ts';
import { startServer } from '../../shared/x509/server.ts';
import { ca, deploy, POLICY } from './deployment.ts';

export { ca, POLICY } from './deployment.ts';

export const ACCOUNT_ID = '000000000000';
const HALF_DAY_MS = 12 * 3_600_000;

export const SETTINGS: ActivationSettings = {
  accountId: ACCOUNT_ID,
  acceptedCas: undefined,
  thingNameTemplate: '{commonName}',
  policyName: POLICY,
  thingTypeName: 'lamp',
  thingGroupName: 'lamps',
  billingGroupName: 'house',
};

/**
 * A fleet: a registry of AWS IoT behind its API, with a CA, a policy, a type and groups as a deployment makes them;
 * the CA's revocation list on a web server; tables; and devices that connect.
 */
export async function openWorld(
  dynamodb: TestDynamoDb,
  options: {
    readonly limits?: Partial<RegistryLimits>;
    readonly settings?: Partial<ActivationSettings>;
  } = {},
) {
  const { clock, context, registry } = openRegistry(
    options.limits === undefined ? {} : { limits: options.limits },
  );
  clock.advance(HALF_DAY_MS);
  const security = createSecurityContext(context, {
    authority,
    things: createThingLookup(registry),
    // Templates may be named; what one would do, the tests that name one do themselves.
    provision: () => {},
  });
  const identities = createDeviceIdentities(security);
  const handler = createLocalControlPlane({
    registry,
    security,
    destinations: {
      ensure: () => Promise.reject(new Error('no destinations here')),
      confirm: () => {
        throw new Error('no destinations here');
      },
      setStatus: () => Promise.reject(new Error('no destinations here')),
      find: () => undefined,
      list: () => [],
      remove: () => {},
    },
    addresses: { dataAddress: '127.0.0.1' },
  });
  const endpoint = await startEndpoint({ iot: handler, 'execute-api': handler });
  const connection = { endpoint: endpoint.url, region: REGION, credentials: CREDENTIALS, maxAttempts: 1 };
  /** What people and the deployment use. */
  const admin = new IoTClient(connection);
  /** What the function uses: its calls are counted. */
  const client = new IoTClient(connection);
  const calls: string[] = [];
  client.middlewareStack.add(
    (next, { commandName }) =>
      (input) => {
        calls.push(String(commandName).replace(/Command$/, ''));
        return next(input);
      },
    { step: 'initialize' },
  );

  const web = await startServer();
  const revoked: { readonly serial: Uint8Array; readonly reason?: number }[] = [];
  const crl = { isDown: false };
  web.answers(() => {
    if (crl.isDown) return { status: 503 };
    const reasons = revoked.map(({ reason }) => reason);
    return { body: makeCrl(ca, { serials: revoked.map(({ serial }) => serial), reasons }) };
  });

  const caCertificateId = await deploy(admin);
  const devices = { client: dynamodb.client, tableName: await dynamodb.createTable('thingName') };
  const held = { client: dynamodb.client, tableName: await dynamodb.createTable('certificateId') };
  const allowList = { client: dynamodb.client, tableName: await dynamodb.createTable('listing') };
  const announced: Activated[] = [];
  const notified: Held[] = [];
  const metrics: string[] = [];
  const faults = { announce: 0, notify: 0 };

  const announcer: ActivationServices['announcer'] = {
    activated: async (device) => {
      if (faults.announce-- > 0) throw new Error('nobody can be told');
      announced.push(device);
    },
    held: async (certificate) => {
      if (faults.notify-- > 0) throw new Error('nobody can be told');
      notified.push(certificate);
    },
  };

  /** A container of its own: nothing is kept in memory. */
  function services(
    retry: Partial<RetryOptions> = {},
    settings: Partial<ActivationSettings> = {},
  ): ActivationServices {
    const now = (): number => clock.now();
    const controlPlane = createControlPlane(client, {
      deadlineMs: clock.now() + 20_000,
      now,
      sleep: async (ms) => clock.advance(ms),
      random: () => 0.5,
      ...retry,
    });
    const crls = createCrlSource({ fetch, now });
    return {
      settings: { ...SETTINGS, ...options.settings, ...settings },
      controlPlane,
      checkRevocation: (certificate, issuer) =>
        checkRevocation(certificate, issuer, { crls, fetch, now, whenNotNamed: 'accept' }),
      findInAllowList: (certificateId, commonName) => findInAllowList(allowList, certificateId, commonName),
      devices,
      held,
      announcer,
      now,
      count: (metric) => metrics.push(metric),
    };
  }

  const statusOf = async (certificateId: string): Promise<string | undefined> =>
    (await admin.send(new DescribeCertificateCommand({ certificateId }))).certificateDescription?.status;

  return {
    admin,
    controlPlaneUrl: endpoint.url,
    calls,
    clock,
    crl,
    devices,
    held,
    allowList,
    announced,
    notified,
    metrics,
    faults,
    revoked,
    caCertificateId,
    services,
    statusOf,
    crlAddress: `${web.url}/ca.crl`,
    crlRequests: () => web.asked.length,

    /** A certificate of the CA that names its revocation list. */
    issue: (commonName: string, more: CertificateOptions = {}): Issued =>
      makeCertificate({
        commonNames: [commonName],
        issuer: ca,
        crlAddresses: [`${web.url}/ca.crl`],
        ...more,
      }),

    /** The status of a certificate, without a call. */
    identify: (certificate: Issued['certificate']): string | undefined =>
      identities.identify(certificate.der)?.status,

    /** A device connects: AWS IoT registers its certificate and answers with the event, again each time. */
    connect({ certificate }: Issued): Record<string, unknown> {
      const { event } = identities.registerAtFirstConnect(certificate.der);
      if (event === undefined) throw new Error('the CONNECT has no event');
      const parsed: Record<string, unknown> = JSON.parse(event.payload);
      return parsed;
    },

    async list(
      commonName: string,
      entry: Readonly<Record<string, unknown>> = { decision: 'allow' },
    ): Promise<void> {
      const item = { listing: `name/${commonName}`, ...entry };
      await dynamodb.client.send(new PutCommand({ TableName: allowList.tableName, Item: item }));
    },

    /** Runs the function for an event, in a container of its own. */
    run: (event: unknown, steps?: readonly ActivationStep[]) => activate(event, services(), steps),

    setStatus: (certificateId: string, newStatus: CertificateStatus) =>
      admin.send(new UpdateCertificateCommand({ certificateId, newStatus })),

    /** A thing that somebody else has made. */
    async makeThing(thingName: string, principal?: string): Promise<void> {
      await admin.send(
        new CreateThingCommand({ thingName, attributePayload: { attributes: { made: 'before' } } }),
      );
      if (principal !== undefined) {
        await admin.send(new AttachThingPrincipalCommand({ thingName, principal }));
      }
    },

    /** Everything that an activation leaves behind, without the times. */
    async stateOf(thingName: string, certificateId: string) {
      const principal = certificateArn(certificateId);
      const thing = await admin.send(new DescribeThingCommand({ thingName })).catch(() => undefined);
      const device = await readDevice(devices, thingName);
      const ofThing = thing === undefined ? undefined : { thingName };
      return {
        status: await statusOf(certificateId),
        thing: thing && {
          attributes: thing.attributes,
          thingTypeName: thing.thingTypeName,
          billingGroupName: thing.billingGroupName,
        },
        principals: ofThing && (await admin.send(new ListThingPrincipalsCommand(ofThing))).principals,
        groups:
          ofThing &&
          (await admin.send(new ListThingGroupsForThingCommand(ofThing))).thingGroups?.map(
            (group) => group.groupName,
          ),
        policies: (await admin.send(new ListAttachedPoliciesCommand({ target: principal }))).policies?.map(
          (policy) => policy.policyName,
        ),
        device: device && {
          certificateId: device.certificateId,
          state: device.state,
          history: device.history.map(({ state }) => state),
          isAnnounced: device.announcedAtMs !== undefined,
        },
        held: (await readHeldCertificate(held, certificateId))?.reason,
      };
    },

    async close(): Promise<void> {
      admin.destroy();
      client.destroy();
      await endpoint.close();
      await web.stop();
      registry.close();
      if (endpoint.failures.length > 0) throw new Error(`requests failed: ${inspect(endpoint.failures[0])}`);
    },
  };
}

export type World = Awaited<ReturnType<typeof openWorld>>;

export function certificateArn(certificateId: string): string {
  return `arn:aws:iot:${REGION}:${ACCOUNT_ID}:cert/${certificateId}`;
}

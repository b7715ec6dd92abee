import { randomUUID } from 'node:crypto';
import { IoTClient } from '@aws-sdk/client-iot';
import { createEndpoint } from '../../../../local/endpoint/endpoint.ts';
import { createIotHandler } from '../../../../local/iot/api/handler.ts';
import { bindOperations } from '../../../../local/iot/api/operation.ts';
import { authorizationOperations } from '../../../../local/iot/api/operations/authorization.ts';
import { caOperations } from '../../../../local/iot/api/operations/cas.ts';
import { certificateTransferOperations } from '../../../../local/iot/api/operations/certificate-transfers.ts';
import { certificateOperations } from '../../../../local/iot/api/operations/certificates.ts';
import { endpointOperations } from '../../../../local/iot/api/operations/endpoints.ts';
import { policyAttachmentOperations } from '../../../../local/iot/api/operations/policy-attachments.ts';
import { policyOperations } from '../../../../local/iot/api/operations/policies.ts';
import { openRegistryContext } from '../../../../local/iot/registry/context.ts';
import { createDeviceIdentities } from '../../../../local/iot/registry/device-identities.ts';
import {
  createSecurityContext,
  securityTableSets,
  type SecurityContext,
  type SecurityOptions,
  type ThingLookup,
} from '../../../../local/iot/registry/security-context.ts';
import { registryTables } from '../../../../local/iot/registry/tables.ts';
import type { Authority } from '../../../../local/iot/x509/authority.ts';
import { DEVICE_CERTIFICATE_END_MS, issueCertificate } from '../../../../local/iot/x509/issue.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { keyPair, makeCa } from '../../../support/x509.ts';

export const REGION = 'eu-west-1';
export const ACCOUNT_ID = '000000000000';

/** Things and groups as far as certificates and policies know them. Tests write into it. */
export class KnownThings implements ThingLookup {
  /** Names of things by the ARN of their principal. */
  readonly byPrincipal = new Map<string, string[]>();
  /** The parent of each group. */
  readonly parents = new Map<string, string | undefined>();
  readonly groups = new Map<string, string[]>();
  readonly attributes = new Map<string, Record<string, string>>();

  isDynamicGroup(): boolean {
    return false;
  }

  thingsOf(principalArn: string): readonly string[] {
    return this.byPrincipal.get(principalArn) ?? [];
  }

  groupChain(name: string): readonly string[] | undefined {
    if (!this.parents.has(name)) return undefined;
    const chain: string[] = [];
    for (let group: string | undefined = name; group !== undefined; group = this.parents.get(group)) {
      chain.push(group);
    }
    return chain;
  }

  groupsOf(thingName: string): readonly string[] | undefined {
    return this.groups.get(thingName);
  }

  describe(thingName: string) {
    const attributes = this.attributes.get(thingName);
    return attributes === undefined ? undefined : { attributes };
  }
}

const authorityCa = makeCa('Local authority');

/** The authority of the cloud, without its files. */
export const authority: Authority = {
  caPath: '/nowhere/ca.pem',
  ca: authorityCa.certificate,
  server: { cert: '', key: '' },
  issueDeviceCertificate: (subject, publicKey, nowMs) =>
    issueCertificate(
      {
        subject,
        publicKey,
        notBeforeMs: nowMs,
        notAfterMs: DEVICE_CERTIFICATE_END_MS,
        use: { for: 'client' },
      },
      { name: authorityCa.name, ...authorityCa.keys },
    ),
};

/** A registry in memory, with a clock that stands still. */
export function openSecurity(options: Partial<SecurityOptions> = {}) {
  const clock = new ManualClock();
  const things = new KnownThings();
  const registry = openRegistryContext({
    file: ':memory:',
    tableSets: [registryTables, ...securityTableSets],
    clock,
    newId: randomUUID,
    region: REGION,
    accountId: ACCOUNT_ID,
    publish: () => {},
  });
  const context = createSecurityContext(registry, {
    authority,
    things,
    // RSA keys take a second each, and which ones they are is of no matter here.
    newKeyPair: (kind) => Promise.resolve(keyPair('issued', kind)),
    ...options,
  });
  return { context, clock, things, identities: createDeviceIdentities(context) };
}

/** The same behind the AWS SDK. */
export async function startSecurity(options: Partial<SecurityOptions> = {}) {
  const security = openSecurity(options);
  const { context } = security;
  const endpoint = createEndpoint({ services: { iot: handlerOf(context) }, log: () => {} });
  const { url } = await endpoint.listen({ port: 0, setting: 'TEST' });
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'test' };
  const client = new IoTClient({ endpoint: url, region: REGION, credentials, maxAttempts: 1 });
  return {
    ...security,
    client,
    async close(): Promise<void> {
      client.destroy();
      await endpoint.close();
      context.database.close();
    },
  };
}

function handlerOf(context: SecurityContext) {
  const groups = [
    authorizationOperations,
    caOperations,
    certificateOperations,
    certificateTransferOperations,
    policyAttachmentOperations,
    policyOperations,
  ];
  return createIotHandler({
    operations: [
      ...groups.map((group) => bindOperations(group, context)),
      bindOperations(endpointOperations, { dataAddress: 'localhost' }),
    ],
  });
}

export function certificateArn(certificateId: string | undefined): string {
  return `arn:aws:iot:${REGION}:${ACCOUNT_ID}:cert/${certificateId}`;
}

export function groupArn(name: string): string {
  return `arn:aws:iot:${REGION}:${ACCOUNT_ID}:thinggroup/${name}`;
}

/** A policy that allows one action on everything. */
export function allow(action: string, resource = '*'): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: resource }],
  });
}

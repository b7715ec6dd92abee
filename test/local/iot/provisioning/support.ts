import { randomUUID } from 'node:crypto';
import { createControlPlane } from '../../../../local/iot/api/index.ts';
import {
  createJustInTimeProvisioning,
  type ProvisioningFailure,
} from '../../../../local/iot/provisioning/just-in-time.ts';
import type { ProvisioningPlace } from '../../../../local/iot/provisioning/register-thing.ts';
import { createDeviceIdentities } from '../../../../local/iot/registry/device-identities.ts';
import {
  createRegistry,
  createThingLookup,
  openRegistryContext,
  registryTableSets,
} from '../../../../local/iot/registry/index.ts';
import {
  createPrincipalCheck,
  createSecurityContext,
  securityTableSets,
} from '../../../../local/iot/registry/security-context.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { authority } from '../registry/security-support.ts';

const NO_RULES = { check: () => ({ topicFilter: undefined }), put: () => {}, remove: () => {} };

/** A registry in memory whose CAs may provision by templates. */
export function openProvisioning() {
  const clock = new ManualClock();
  const context = openRegistryContext({
    file: ':memory:',
    tableSets: [...registryTableSets, ...securityTableSets],
    clock,
    newId: randomUUID,
    region: 'eu-west-1',
    accountId: '000000000000',
    publish: () => {},
  });
  const registry = createRegistry(context, {
    rules: NO_RULES,
    principalExists: createPrincipalCheck(context),
  });
  const failures: ProvisioningFailure[] = [];
  const security = createSecurityContext(context, {
    authority,
    things: createThingLookup(registry),
    provision: createJustInTimeProvisioning({
      place: () => place,
      failed: (failure) => failures.push(failure),
    }),
  });
  const place: ProvisioningPlace = { registry, security };
  const handler = createControlPlane({
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
  return {
    place,
    registry,
    security,
    clock,
    failures,
    handler,
    identities: createDeviceIdentities(security),
  };
}

export type TestProvisioning = ReturnType<typeof openProvisioning>;

/** What a thing, and the certificate that belongs to it, have become. */
export function stateOf({ registry, security }: TestProvisioning, certificateId: string) {
  const arn = security.arns.of('cert', certificateId);
  return {
    status: security.certificates.find(certificateId)?.status,
    things: registry.principals.thingsOf(arn),
    policies: security.policies.documentsOf(arn).map(({ policyName }) => policyName),
  };
}

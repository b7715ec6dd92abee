import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { createDeviceAuthoriser } from '../iot/device-authoriser.ts';
import type { Authoriser } from '../iot/gateway/index.ts';
import { AttemptLog } from '../iot/policies/index.ts';
import { createJustInTimeProvisioning } from '../iot/provisioning/just-in-time.ts';
import { createDeviceIdentities, type DeviceIdentities } from '../iot/registry/device-identities.ts';
import {
  AWS_THROTTLES,
  createRegistry,
  createThingLookup,
  openRegistryContext,
  registryTableSets,
  type Registry,
  type RulesControl,
} from '../iot/registry/index.ts';
import { detachAllPolicies } from '../iot/registry/policy-attachments.ts';
import {
  createPrincipalCheck,
  createSecurityContext,
  securityTableSets,
  type SecurityContext,
} from '../iot/registry/security-context.ts';
import { openAuthority, type Authority } from '../iot/x509/authority.ts';
import type { MessageHub } from './hub.ts';
import type { Site } from './site.ts';

/** Who the devices are, and what they may do. */
export interface Devices {
  readonly registry: Registry;
  readonly security: SecurityContext;
  readonly identities: DeviceIdentities;
  readonly authority: Authority;
  readonly authoriser: Authoriser;
  readonly attempts: AttemptLog;
}

/** Opens the registry of things, certificates and policies, and what decides by it. */
export async function startDevices(site: Site, hub: MessageHub, rules: RulesControl): Promise<Devices> {
  const { configuration, accountId, region, clock, logs, stops } = site;
  const { folder } = configuration;
  // The machine's time, not the cloud's: clients check the server's certificate by theirs.
  const authority = await openAuthority({ folder, nowMs: Date.now() });
  const context = openRegistryContext({
    file: path.join(folder, 'registry.sqlite'),
    tableSets: [...registryTableSets, ...securityTableSets],
    clock,
    newId: randomUUID,
    region,
    accountId,
    ...(configuration.rates === 'aws' ? { limits: { requestsPerSecond: AWS_THROTTLES } } : {}),
    publish: (topic, payload) =>
      hub.publish({
        topic,
        payload: Buffer.from(payload),
        qos: 1,
        retain: false,
        publisher: { protocol: 'MQTT' },
        traceId: randomUUID(),
        republishes: 0,
      }),
  });
  const registry = createRegistry(context, {
    rules,
    principalExists: createPrincipalCheck(context),
    groupGoes: (name) => detachAllPolicies(security, context.arns.of('thinggroup', name)),
  });
  stops.add(() => registry.close());
  const things = createThingLookup(registry);
  const security = createSecurityContext(context, {
    authority,
    things,
    provision: createJustInTimeProvisioning({
      place: () => ({ registry, security }),
      failed: ({ certificateId, error }) =>
        logs.cloud('warn', 'a device was not provisioned', { certificateId, error }),
    }),
  });
  const identities = createDeviceIdentities(security);
  const attempts = new AttemptLog(() => clock.now());
  const authoriser = createDeviceAuthoriser({ identities, things, attempts, clock, region, accountId });
  return { registry, security, identities, authority, authoriser, attempts };
}

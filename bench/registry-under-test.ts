import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../local/clock.ts';
import { createDeviceAuthoriser } from '../local/iot/device-authoriser.ts';
import type { Authoriser } from '../local/iot/gateway/index.ts';
import { AttemptLog } from '../local/iot/policies/index.ts';
import { createDeviceIdentities } from '../local/iot/registry/device-identities.ts';
import {
  createRegistry,
  createThingLookup,
  openRegistryContext,
  registryTableSets,
  type Registry,
} from '../local/iot/registry/index.ts';
import {
  createPrincipalCheck,
  createSecurityContext,
  securityTableSets,
  type SecurityContext,
} from '../local/iot/registry/security-context.ts';
import { openAuthority } from '../local/iot/x509/authority.ts';

export const REGION = 'eu-west-1';
export const ACCOUNT_ID = '000000000000';

/** The registry as the cloud puts it together, with its file on the disk, and what decides by it. */
export interface RegistryUnderTest {
  readonly registry: Registry;
  readonly security: SecurityContext;
  readonly authoriser: Authoriser;
}

/** Runs `work` on an empty registry in a folder that is removed. */
export async function withRegistry<Result>(
  work: (parts: RegistryUnderTest) => Result | Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-bench-'));
  try {
    const authority = await openAuthority({ folder, nowMs: Date.now() });
    const context = openRegistryContext({
      file: path.join(folder, 'registry.sqlite'),
      tableSets: [...registryTableSets, ...securityTableSets],
      clock: systemClock,
      newId: randomUUID,
      region: REGION,
      accountId: ACCOUNT_ID,
      publish: () => undefined,
    });
    const registry = createRegistry(context, {
      rules: { check: () => ({ topicFilter: undefined }), put: () => undefined, remove: () => undefined },
      principalExists: createPrincipalCheck(context),
    });
    try {
      const things = createThingLookup(registry);
      const security = createSecurityContext(context, { authority, things });
      const authoriser = createDeviceAuthoriser({
        identities: createDeviceIdentities(security),
        things,
        attempts: new AttemptLog(() => systemClock.now()),
        clock: systemClock,
        region: REGION,
        accountId: ACCOUNT_ID,
      });
      return await work({ registry, security, authoriser });
    } finally {
      registry.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createBillingGroups } from '../../../../local/iot/registry/billing-groups.ts';
import { keepIssued } from '../../../../local/iot/registry/certificates.ts';
import { openRegistryContext } from '../../../../local/iot/registry/context.ts';
import { createMemberships } from '../../../../local/iot/registry/memberships.ts';
import {
  attachPolicy,
  detachAllPolicies,
  policiesOf,
} from '../../../../local/iot/registry/policy-attachments.ts';
import { createPolicy } from '../../../../local/iot/registry/policies.ts';
import { createPrincipals } from '../../../../local/iot/registry/principals.ts';
import { createGroupDocuments } from '../../../../local/iot/registry/search/group-documents.ts';
import { searchTables } from '../../../../local/iot/registry/search/tables.ts';
import { createTermIndex } from '../../../../local/iot/registry/search/term-index.ts';
import { createThingDocuments } from '../../../../local/iot/registry/search/thing-documents.ts';
import {
  createPrincipalCheck,
  createSecurityContext,
  securityTableSets,
} from '../../../../local/iot/registry/security-context.ts';
import { registryTables } from '../../../../local/iot/registry/tables.ts';
import { createTags } from '../../../../local/iot/registry/tags.ts';
import { createDynamicQueries, dynamicQueryTables } from '../../../../local/iot/registry/dynamic-queries.ts';
import { createThingGroups } from '../../../../local/iot/registry/thing-groups.ts';
import { createThingLookup } from '../../../../local/iot/registry/thing-lookup.ts';
import { createThings } from '../../../../local/iot/registry/things.ts';
import { createThingTypes } from '../../../../local/iot/registry/thing-types.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { makeCertificate } from '../../../support/x509.ts';
import { ACCOUNT_ID, allow, authority, certificateArn, groupArn, REGION } from './security-support.ts';

/** Things and certificates in one registry, each knowing of the other what it has to. */
function openBoth() {
  const registry = openRegistryContext({
    file: ':memory:',
    tableSets: [registryTables, searchTables, dynamicQueryTables, ...securityTableSets],
    clock: new ManualClock(),
    newId: randomUUID,
    region: REGION,
    accountId: ACCOUNT_ID,
    publish: () => {},
  });
  const tags = createTags(registry);
  const index = createTermIndex(registry.database);
  const documents = createThingDocuments(registry.database, index);
  const queries = createDynamicQueries(registry.database);
  const memberships = createMemberships(registry, documents, queries);
  const principals = createPrincipals(registry, { exists: createPrincipalCheck(registry) });
  const thingGroups = createThingGroups(registry, {
    tags,
    documents: createGroupDocuments(index),
    queries,
    removeMembers(group) {
      memberships.removeGroup(group);
      detachAllPolicies(security, groupArn(group.thingGroupName));
    },
  });
  const things = createThings(registry, {
    types: createThingTypes(registry, tags),
    billingGroups: createBillingGroups(registry, tags),
    memberships,
    principals,
    documents,
  });
  const lookup = createThingLookup({ things, thingGroups, memberships, principals });
  const security = createSecurityContext(registry, { authority, things: lookup });
  return { security, things, thingGroups, memberships, principals, lookup };
}

test('Things, groups and attachments of the registry are found by certificates and policies.', () => {
  const { security, things, thingGroups, memberships, principals, lookup } = openBoth();
  const { certificateId } = keepIssued(security, makeCertificate().certificate.der, true);
  const principal = certificateArn(certificateId);
  const thing = things.create({ thingName: 'lamp', attributePayload: { attributes: { room: 'hall' } } });
  thingGroups.create({ thingGroupName: 'plant', tags: [] });
  thingGroups.create({ thingGroupName: 'floor', parentGroupName: 'plant', tags: [] });
  memberships.add(thing, thingGroups.require('floor'));
  principals.attach(thing, principal);

  expect(lookup.thingsOf(principal)).toEqual(['lamp']);
  expect(lookup.groupsOf('lamp')).toEqual(['floor']);
  expect(lookup.groupChain('floor')).toEqual(['floor', 'plant']);
  expect(lookup.describe('lamp')).toEqual({ attributes: { room: 'hall' } });
  for (const answer of [lookup.groupsOf('other'), lookup.groupChain('other'), lookup.describe('other')]) {
    expect(answer).toBeUndefined();
  }
});

test('A thing is not attached to a certificate that is not there.', () => {
  const { things, principals } = openBoth();
  const thing = things.create({ thingName: 'lamp' });
  expect(() => principals.attach(thing, certificateArn('0'.repeat(64)))).toThrow(
    expect.objectContaining({ code: 'ResourceNotFoundException' }),
  );
});

test('The policies of a group hold for the things below it, until the group goes.', () => {
  const { security, thingGroups } = openBoth();
  thingGroups.create({ thingGroupName: 'plant', tags: [] });
  createPolicy(security, 'shared', allow('iot:Connect'));
  attachPolicy(security, 'shared', groupArn('plant'));
  expect(policiesOf(security, undefined, ['plant'])).toHaveLength(1);
  thingGroups.remove('plant', undefined);
  thingGroups.create({ thingGroupName: 'plant', tags: [] });
  expect(policiesOf(security, undefined, ['plant'])).toEqual([]);
  expect(security.changes.policiesVersion()).toBe(2);
});

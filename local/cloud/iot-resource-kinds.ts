import { z } from 'zod';
import type { Registry } from '../iot/registry/registry.ts';
import { attachPolicy, detachPolicy } from '../iot/registry/policy-attachments.ts';
import type { SecurityContext } from '../iot/registry/security-context.ts';
import type { CreatedIotResource } from '../template/resource-types/iot-created.ts';
import { ensureCa, ensureCertificate, removeCa, removeCertificate } from './iot-certificates.ts';
import {
  ensurePolicy,
  ensureProvisioningTemplate,
  removePolicy,
  removeProvisioningTemplate,
} from './iot-documents.ts';
import { ensureThing, ensureThingGroup, ensureThingType } from './iot-things.ts';

/** The parts of the registry that the template fills. */
export interface IotPlace {
  readonly registry: Registry;
  readonly security: SecurityContext;
  /** Told when fleet indexing was turned on for a dynamic thing group of the template. @default nobody */
  readonly indexed?: (thingGroupName: string) => void;
}

/**
 * Makes a resource or updates the one that is there.
 *
 * @param isUnchanged whether the template said the same at the last start: what is there stays then as it is
 * @throws AwsApiError what the registry does not take
 */
export function ensureResource(place: IotPlace, resource: CreatedIotResource, isUnchanged: boolean): void {
  const { registry, security } = place;
  switch (resource.kind) {
    case 'iot-policy':
      return ensurePolicy(security, resource, isUnchanged);
    case 'thing-type':
      return ensureThingType(registry, resource, isUnchanged);
    case 'thing-group':
      return ensureThingGroup(registry, resource, isUnchanged, () => place.indexed?.(resource.name));
    case 'billing-group': {
      const { name, description } = resource;
      if (registry.billingGroups.find(name) === undefined)
        registry.billingGroups.create(name, description, []);
      else if (!isUnchanged) registry.billingGroups.update(name, description, undefined);
      return;
    }
    case 'provisioning-template':
      return ensureProvisioningTemplate(security, resource, isUnchanged);
    case 'ca-certificate':
      return ensureCa(security, resource, isUnchanged);
    case 'iot-certificate':
      return ensureCertificate(security, resource, isUnchanged);
    case 'thing':
      return ensureThing(registry, resource, isUnchanged);
    case 'policy-attachment':
      return attachPolicy(security, resource.policyName, resource.principal);
    case 'thing-attachment': {
      const { thingName, principal, type } = resource;
      return registry.principals.attach(registry.things.require(thingName), principal, type);
    }
  }
}

/** Kinds of which the name is all that has to be known to remove one, in the order in which they are made. */
const NAMED_KINDS = [
  'iot-policy',
  'thing-type',
  'thing-group',
  'billing-group',
  'provisioning-template',
  'ca-certificate',
  'iot-certificate',
  'thing',
] as const;

/**
 * The kinds in the order in which they are made; they are removed in the opposite one. Groups and CAs name what
 * stands before them, attachments name everything.
 */
export const KINDS_IN_ORDER = [
  ...NAMED_KINDS,
  'policy-attachment',
  'thing-attachment',
] as const satisfies readonly CreatedIotResource['kind'][];

/** What has to be known of a resource to remove it. */
export const removableSchema = z.union([
  z.object({
    kind: z.literal('policy-attachment'),
    name: z.string(),
    policyName: z.string(),
    principal: z.string(),
  }),
  z.object({
    kind: z.literal('thing-attachment'),
    name: z.string(),
    thingName: z.string(),
    principal: z.string(),
  }),
  z.object({
    kind: z.enum(NAMED_KINDS),
    name: z.string(),
  }),
]);

export type RemovableResource = z.infer<typeof removableSchema>;

/**
 * Removes a resource that an earlier template has made. One that is gone already is no error.
 *
 * @throws AwsApiError while it is in use
 */
export function removeResource({ registry, security }: IotPlace, resource: RemovableResource): void {
  const { name } = resource;
  switch (resource.kind) {
    case 'iot-policy':
      return removePolicy(security, name);
    case 'thing-type':
      // AWS deletes a type only minutes after its deprecation; until then no thing takes it any more.
      if (registry.thingTypes.find(name) !== undefined) registry.thingTypes.deprecate(name, false);
      return;
    case 'thing-group':
      return registry.thingGroups.remove(name, undefined);
    case 'billing-group':
      return registry.billingGroups.remove(name, undefined);
    case 'provisioning-template':
      return removeProvisioningTemplate(security, name);
    case 'ca-certificate':
      return removeCa(security, name);
    case 'iot-certificate':
      return removeCertificate(security, name);
    case 'thing':
      return registry.things.remove(name);
    case 'policy-attachment':
      if (security.policies.find(resource.policyName) !== undefined) {
        detachPolicy(security, resource.policyName, resource.principal);
      }
      return;
    case 'thing-attachment': {
      const thing = registry.things.find(resource.thingName);
      const isAttached = registry.principals.thingsOf(resource.principal).includes(resource.thingName);
      if (thing !== undefined && isAttached) registry.principals.detach(thing, resource.principal);
    }
  }
}

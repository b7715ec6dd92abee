import type { Registry } from '../../registry/registry.ts';
import { securityResourceExists, type SecurityContext } from '../../registry/security-context.ts';
import { bindOperations, type BoundOperations, type OperationGroup } from '../operation.ts';
import { authorizationOperations } from './authorization.ts';
import { billingGroupOperations } from './billing-groups.ts';
import { caOperations } from './cas.ts';
import { certificateTransferOperations } from './certificate-transfers.ts';
import { certificateOperations } from './certificates.ts';
import { connectivityOperations } from './connectivity.ts';
import { dynamicThingGroupOperations } from './dynamic-thing-groups.ts';
import { type EndpointAddresses, endpointOperations } from './endpoints.ts';
import { eventConfigurationOperations } from './event-configurations.ts';
import { indexingOperations } from './indexing.ts';
import { loggingOperations } from './logging.ts';
import { membershipOperations } from './memberships.ts';
import { policyAttachmentOperations } from './policy-attachments.ts';
import { policyOperations } from './policies.ts';
import { provisioningOperations } from './provisioning.ts';
import { provisioningTemplateOperations } from './provisioning-templates.ts';
import { roleAliasOperations } from './role-aliases.ts';
import { ruleDestinationOperations, type RuleDestinations } from './rule-destinations.ts';
import { tagOperations } from './tags.ts';
import { thingGroupOperations } from './thing-groups.ts';
import { thingPrincipalOperations } from './thing-principals.ts';
import { thingTypeOperations } from './thing-types.ts';
import { thingOperations } from './things.ts';
import { topicRuleOperations } from './topic-rules.ts';

/** What the control plane works with. */
export interface ControlPlane {
  readonly registry: Registry;
  readonly security: SecurityContext;
  readonly destinations: RuleDestinations;
  readonly addresses: EndpointAddresses;
}

interface Entry {
  readonly names: readonly string[];
  readonly bind: (plane: ControlPlane) => BoundOperations;
}

function serve<Context>(group: OperationGroup<Context>, contextOf: (plane: ControlPlane) => Context): Entry {
  return { names: Object.keys(group), bind: (plane) => bindOperations(group, contextOf(plane)) };
}

const ofRegistry = ({ registry }: ControlPlane): Registry => registry;
const ofSecurity = ({ security }: ControlPlane): SecurityContext => security;

/** Every group of operations that is served. A new one is a file in this folder and a line in here. */
const GROUPS: readonly Entry[] = [
  serve(thingOperations, ofRegistry),
  serve(thingPrincipalOperations, ofRegistry),
  serve(thingTypeOperations, ofRegistry),
  serve(thingGroupOperations, ofRegistry),
  serve(dynamicThingGroupOperations, ofRegistry),
  serve(membershipOperations, ofRegistry),
  serve(billingGroupOperations, ofRegistry),
  serve(indexingOperations, ofRegistry),
  serve(connectivityOperations, ofRegistry),
  serve(topicRuleOperations, ofRegistry),
  serve(ruleDestinationOperations, ({ destinations }) => ({ destinations })),
  serve(tagOperations, ({ registry, security }) => ({
    ...registry,
    otherResourceExists: (arn: string) => securityResourceExists(security, arn),
  })),
  serve(eventConfigurationOperations, ({ registry }) => registry.context),
  serve(loggingOperations, ({ registry }) => registry.context),
  serve(certificateOperations, ofSecurity),
  serve(certificateTransferOperations, ofSecurity),
  serve(caOperations, ofSecurity),
  serve(policyOperations, ofSecurity),
  serve(policyAttachmentOperations, ofSecurity),
  serve(authorizationOperations, ofSecurity),
  serve(roleAliasOperations, ofSecurity),
  serve(provisioningTemplateOperations, ofSecurity),
  serve(provisioningOperations, ({ registry, security }) => ({ registry, security })),
  serve(endpointOperations, ({ addresses }) => addresses),
];

/** The names of all operations that are served, sorted; known without a running cloud. */
export const SERVED_OPERATIONS: readonly string[] = GROUPS.flatMap(({ names }) => names).sort();

/** Every operation that is served, with what it works with. */
export function bindAll(plane: ControlPlane): BoundOperations[] {
  return GROUPS.map(({ bind }) => bind(plane));
}

import { provisioningTables, templateStore } from '../provisioning/templates-store.ts';
import type { Authority } from '../x509/authority.ts';
import { newKeyPair as generateKeyPair, type NewKeyPair } from '../x509/keys.ts';
import { caTables, createCaStore, type CaStore, type RegistrationConfig } from './cas-store.ts';
import { transferTables } from './certificate-transfers-store.ts';
import { certificateTables, createCertificateStore, type CertificateStore } from './certificates-store.ts';
import type { RegistryContext } from './context.ts';
import type { TableSet } from './database.ts';
import { createPolicyStore, policyTables, type PolicyStore } from './policies-store.ts';
import { findRoleAlias, roleAliasTables } from './role-aliases.ts';
import { createTags, type Tags } from './tags.ts';
import { createSecurityChanges, type SecurityChanges } from './security-changes.ts';

/** What certificates, CAs, policies, role aliases and provisioning templates keep in the registry's file. */
export const securityTableSets: readonly TableSet[] = [
  certificateTables,
  transferTables,
  caTables,
  policyTables,
  roleAliasTables,
  provisioningTables,
];

/** What certificates and policies have to know of things and thing groups. */
export interface ThingLookup {
  /** Names of the things that a principal is attached to, by the principal's ARN. */
  thingsOf(principalArn: string): readonly string[];
  /** A group and the groups above it, nearest first; undefined when there is no such group. */
  groupChain(thingGroupName: string): readonly string[] | undefined;
  /** Whether a group's members are found by a query: no policy is attached to it. */
  isDynamicGroup(thingGroupName: string): boolean;
  /** The static groups that a thing is in itself; undefined when there is no such thing. */
  groupsOf(thingName: string): readonly string[] | undefined;
  /** What policies may ask of a thing; undefined when there is none. */
  describe(
    thingName: string,
  ): { readonly thingTypeName?: string; readonly attributes?: Readonly<Record<string, string>> } | undefined;
}

/** Runs a CA's provisioning template for a certificate that its CA has just registered. */
export type Provision = (certificateId: string, config: RegistrationConfig) => void;

export interface SecurityOptions {
  /** Issues the certificates that AWS's own authority issues on AWS. */
  readonly authority: Authority;
  readonly things: ThingLookup;
  /** @default the machine's, on another thread */
  readonly newKeyPair?: NewKeyPair;
  /** Without it, registration configurations with a template are refused. */
  readonly provision?: Provision;
}

/** What the operations on certificates, CAs and policies work with. */
export interface SecurityContext extends RegistryContext {
  readonly authority: Authority;
  readonly things: ThingLookup;
  readonly tags: Tags;
  readonly newKeyPair: NewKeyPair;
  readonly provision: Provision | undefined;
  readonly certificates: CertificateStore;
  readonly cas: CaStore;
  readonly policies: PolicyStore;
  readonly changes: SecurityChanges;
}

/**
 * Whether a policy, a CA or a provisioning template with that ARN is there; undefined when the ARN is of another
 * kind. For what is common to all resources: tags.
 */
export function securityResourceExists(context: SecurityContext, arn: string): boolean | undefined {
  const policyName = context.arns.nameIn('policy', arn);
  if (policyName !== undefined) return context.policies.find(policyName) !== undefined;
  const templateName = context.arns.nameIn('provisioningtemplate', arn);
  if (templateName !== undefined) return templateStore(context.database).find(templateName) !== undefined;
  const roleAlias = context.arns.nameIn('rolealias', arn);
  if (roleAlias !== undefined) return findRoleAlias(context, roleAlias) !== undefined;
  const caCertificateId = context.arns.nameIn('cacert', arn);
  return caCertificateId === undefined ? undefined : context.cas.find(caCertificateId) !== undefined;
}

/** Whether a principal's ARN is that of a registered certificate. It needs no more than the registry's file. */
export function createPrincipalCheck({ database, arns }: RegistryContext): (principalArn: string) => boolean {
  const certificates = createCertificateStore(database);
  return (principalArn) => {
    const certificateId = arns.nameIn('cert', principalArn);
    return certificateId !== undefined && certificates.find(certificateId) !== undefined;
  };
}

/** Adds certificates, CAs and policies to a registry whose file has `securityTableSets`. */
export function createSecurityContext(registry: RegistryContext, options: SecurityOptions): SecurityContext {
  const { authority, things, newKeyPair = generateKeyPair, provision } = options;
  const { database } = registry;
  const changes = createSecurityChanges();
  // A registry that is emptied has no policies left: whatever was compiled from them is void.
  database.onReset(() => changes.policiesChanged());
  return {
    ...registry,
    authority,
    things,
    tags: createTags(registry),
    newKeyPair,
    provision,
    certificates: createCertificateStore(database),
    cas: createCaStore(database),
    policies: createPolicyStore(database),
    changes,
  };
}

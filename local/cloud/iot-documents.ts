import {
  createTemplate,
  createTemplateVersion,
  deleteTemplateVersion,
  requireTemplate,
  requireTemplateVersion,
  updateTemplate,
} from '../iot/provisioning/templates.ts';
import { templateStore } from '../iot/provisioning/templates-store.ts';
import {
  createPolicy,
  createPolicyVersion,
  deletePolicy,
  deletePolicyVersion,
  requirePolicy,
  requirePolicyVersion,
} from '../iot/registry/policies.ts';
import type { SecurityContext } from '../iot/registry/security-context.ts';
import type {
  CreatedIotPolicy,
  CreatedProvisioningTemplate,
} from '../template/resource-types/iot-created.ts';

/** Policies and provisioning templates have at most so many versions: the oldest makes room for the next. */
const MAX_VERSIONS = 5;

/** @throws AwsApiError MalformedPolicyException */
export function ensurePolicy(
  security: SecurityContext,
  { name, document }: CreatedIotPolicy,
  isUnchanged: boolean,
): void {
  const policy = security.policies.find(name);
  if (policy === undefined) {
    createPolicy(security, name, document);
    return;
  }
  const current = requirePolicyVersion(security, policy, String(policy.defaultVersion));
  if (isUnchanged || current.document === document) return;
  const versions = security.policies.versions(policy);
  const oldest = versions.map(({ version }) => version).find((version) => version !== policy.defaultVersion);
  if (versions.length >= MAX_VERSIONS && oldest !== undefined) {
    deletePolicyVersion(security, name, String(oldest));
  }
  createPolicyVersion(security, name, document, true);
}

/** @throws AwsApiError DeleteConflictException while it is attached to something */
export function removePolicy(security: SecurityContext, name: string): void {
  if (security.policies.find(name) === undefined) return;
  const policy = requirePolicy(security, name);
  for (const { version } of security.policies.versions(policy)) {
    if (version !== policy.defaultVersion) deletePolicyVersion(security, name, String(version));
  }
  deletePolicy(security, name);
}

/** @throws AwsApiError InvalidRequestException for a body that is no template */
export function ensureProvisioningTemplate(
  security: SecurityContext,
  wanted: CreatedProvisioningTemplate,
  isUnchanged: boolean,
): void {
  const { name, body, roleArn, description, isEnabled } = wanted;
  const store = templateStore(security.database);
  const there = store.find(name);
  if (there === undefined) {
    createTemplate(security, { name, body, roleArn, description, isEnabled });
    return;
  }
  if (isUnchanged) return;
  const { defaultVersion } = there;
  if (requireTemplateVersion(security, there, defaultVersion).body !== body) {
    const versions = store.versions(name).map(({ version }) => version);
    const oldest = versions.find((version) => version !== defaultVersion);
    if (versions.length >= MAX_VERSIONS && oldest !== undefined)
      deleteTemplateVersion(security, name, oldest);
    createTemplateVersion(security, name, body, true);
  }
  updateTemplate(security, name, { description: description ?? '', isEnabled, roleArn });
}

/** Removes a provisioning template with all of its versions. */
export function removeProvisioningTemplate(security: SecurityContext, name: string): void {
  if (templateStore(security.database).find(name) === undefined) return;
  templateStore(security.database).remove(requireTemplate(security, name).name);
}

import {
  createPolicy,
  createPolicyVersion,
  deletePolicy,
  deletePolicyVersion,
  requirePolicy,
  requirePolicyVersion,
  setDefaultPolicyVersion,
} from '../../registry/policies.ts';
import { readMarkerPage } from '../../registry/markers.ts';
import type { SecurityContext } from '../../registry/security-context.ts';
import type { OperationGroup } from '../operation.ts';

/** Policies and their versions. */
export const policyOperations = {
  CreatePolicy({ policyName, policyDocument, tags = [] }, context) {
    const policyArn = context.arns.of('policy', policyName);
    const { defaultVersion } = context.database.transaction(() => {
      const policy = createPolicy(context, policyName, policyDocument);
      context.tags.set(policyArn, tags);
      return policy;
    });
    return { policyName, policyArn, policyDocument, policyVersionId: String(defaultVersion) };
  },

  GetPolicy({ policyName }, context) {
    const policy = requirePolicy(context, policyName);
    const defaultVersionId = String(policy.defaultVersion);
    return {
      policyName,
      policyArn: context.arns.of('policy', policyName),
      policyDocument: requirePolicyVersion(context, policy, defaultVersionId).document,
      defaultVersionId,
      creationDate: new Date(policy.createdAtMs),
      lastModifiedDate: new Date(policy.modifiedAtMs),
      generationId: policy.generationId,
    };
  },

  ListPolicies(request, context) {
    const { items, next } = readMarkerPage(request, ['ListPolicies'], (page) => context.policies.list(page));
    return {
      policies: items.map(({ name }) => ({ policyName: name, policyArn: context.arns.of('policy', name) })),
      ...next,
    };
  },

  DeletePolicy({ policyName }, context) {
    deletePolicy(context, policyName);
    context.tags.remove(context.arns.of('policy', policyName));
    return {};
  },

  CreatePolicyVersion({ policyName, policyDocument, setAsDefault = false }, context) {
    const { version } = createPolicyVersion(context, policyName, policyDocument, setAsDefault);
    return {
      policyArn: context.arns.of('policy', policyName),
      policyDocument,
      policyVersionId: String(version),
      isDefaultVersion: setAsDefault,
    };
  },

  GetPolicyVersion({ policyName, policyVersionId }, context) {
    const policy = requirePolicy(context, policyName);
    const { version, document, createdAtMs } = requirePolicyVersion(context, policy, policyVersionId);
    return {
      policyArn: context.arns.of('policy', policyName),
      policyName,
      policyDocument: document,
      policyVersionId: String(version),
      isDefaultVersion: version === policy.defaultVersion,
      creationDate: new Date(createdAtMs),
      lastModifiedDate: new Date(createdAtMs),
      generationId: policy.generationId,
    };
  },

  ListPolicyVersions({ policyName }, context) {
    const policy = requirePolicy(context, policyName);
    return {
      policyVersions: context.policies.versions(policy).map(({ version, createdAtMs }) => ({
        versionId: String(version),
        isDefaultVersion: version === policy.defaultVersion,
        createDate: new Date(createdAtMs),
      })),
    };
  },

  SetDefaultPolicyVersion({ policyName, policyVersionId }, context) {
    setDefaultPolicyVersion(context, policyName, policyVersionId);
    return {};
  },

  DeletePolicyVersion({ policyName, policyVersionId }, context) {
    deletePolicyVersion(context, policyName, policyVersionId);
    return {};
  },
} satisfies OperationGroup<SecurityContext>;

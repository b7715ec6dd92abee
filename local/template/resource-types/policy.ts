import { z } from 'zod';
import { physicalName, readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const INLINE_TYPE = 'AWS::IAM::Policy';
const MANAGED_TYPE = 'AWS::IAM::ManagedPolicy';

const inlineSchema = z.strictObject({
  PolicyName: z.string(),
  PolicyDocument: z.unknown(),
  Roles: z.array(z.string()).min(1),
});

const managedSchema = z.strictObject({
  ManagedPolicyName: z.string().optional(),
  PolicyDocument: z.unknown(),
  Roles: z.array(z.string()).default([]),
  Description: withoutLocalEffect,
  Path: withoutLocalEffect,
});

/** An IAM policy that belongs to roles and stands beside them. */
export const rolePolicy: ResourceType = {
  type: INLINE_TYPE,
  name: (logicalId, _properties, { stack }) => ({ ref: `${stack}-${logicalId}`, attributes: {} }),
  create(logicalId, _named, properties) {
    const { PolicyName, PolicyDocument, Roles } = readProperties(
      inlineSchema,
      properties,
      INLINE_TYPE,
      logicalId,
    );
    return { kind: 'role-policy', name: PolicyName, document: PolicyDocument, roleNames: Roles };
  },
};

/** A managed IAM policy, which roles name by its ARN. */
export const managedPolicy: ResourceType = {
  type: MANAGED_TYPE,
  name(logicalId, properties, place) {
    const name = physicalName(properties, 'ManagedPolicyName', logicalId, place);
    const arn = `arn:aws:iam::${place.accountId}:policy/${name}`;
    return { ref: arn, attributes: { PolicyArn: arn, PolicyName: name } };
  },
  create(logicalId, named, properties) {
    const { PolicyDocument, Roles } = readProperties(managedSchema, properties, MANAGED_TYPE, logicalId);
    const name = named.attributes['PolicyName'] ?? logicalId;
    return { kind: 'managed-policy', name, arn: named.ref, document: PolicyDocument, roleNames: Roles };
  },
};

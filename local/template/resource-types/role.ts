import { z } from 'zod';
import { physicalName, readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::IAM::Role';

const inlinePolicy = z.strictObject({ PolicyName: z.string(), PolicyDocument: z.unknown() });

const schema = z.strictObject({
  RoleName: z.string().optional(),
  AssumeRolePolicyDocument: z.record(z.string(), z.unknown()),
  Policies: z.array(inlinePolicy).default([]),
  ManagedPolicyArns: z.array(z.string()).default([]),
  PermissionsBoundary: z.string().optional(),
  Description: withoutLocalEffect,
  Path: withoutLocalEffect,
  MaxSessionDuration: withoutLocalEffect,
  Tags: withoutLocalEffect,
});

/** An IAM role: nothing of it has to be created, but what it may do is asked when rules act under it. */
export const role: ResourceType = {
  type: TYPE,
  name(logicalId, properties, place) {
    const name = physicalName(properties, 'RoleName', logicalId, place);
    return { ref: name, attributes: { Arn: `arn:aws:iam::${place.accountId}:role/${name}` } };
  },
  create(logicalId, named, properties) {
    const read = readProperties(schema, properties, TYPE, logicalId);
    return {
      kind: 'role',
      name: named.ref,
      arn: named.attributes['Arn'] ?? '',
      trustPolicy: read.AssumeRolePolicyDocument,
      policies: read.Policies.map(({ PolicyName, PolicyDocument }) => ({
        name: PolicyName,
        document: PolicyDocument,
      })),
      managedPolicyArns: read.ManagedPolicyArns,
      hasPermissionsBoundary: read.PermissionsBoundary !== undefined,
    };
  },
};

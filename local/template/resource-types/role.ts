import { z } from 'zod';
import { physicalName, readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::IAM::Role';

const schema = z.strictObject({
  RoleName: z.string().optional(),
  AssumeRolePolicyDocument: z.record(z.string(), z.unknown()),
  Policies: z.array(z.unknown()).optional(),
  ManagedPolicyArns: z.array(z.unknown()).optional(),
  Description: withoutLocalEffect,
  Path: withoutLocalEffect,
  PermissionsBoundary: withoutLocalEffect,
  MaxSessionDuration: withoutLocalEffect,
  Tags: withoutLocalEffect,
});

/** An IAM role: it has a name and an ARN, and nothing of it has to be created. */
export const role: ResourceType = {
  type: TYPE,
  name(logicalId, properties, place) {
    const name = physicalName(properties, 'RoleName', logicalId, place);
    return { ref: name, attributes: { Arn: `arn:aws:iam::${place.accountId}:role/${name}` } };
  },
  create(logicalId, _named, properties) {
    readProperties(schema, properties, TYPE, logicalId);
    return undefined;
  },
};

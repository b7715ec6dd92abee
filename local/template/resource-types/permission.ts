import { z } from 'zod';
import { readProperties, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::Lambda::Permission';

const schema = z.strictObject({
  FunctionName: z.string(),
  Action: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
});

/** Leave for a service to invoke a function. */
export const permission: ResourceType = {
  type: TYPE,
  name: (logicalId, _properties, { stack }) => ({ ref: `${stack}-${logicalId}`, attributes: {} }),
  create(logicalId, _named, properties) {
    const read = readProperties(schema, properties, TYPE, logicalId);
    const { FunctionName, Action, Principal, SourceArn, SourceAccount } = read;
    return {
      kind: 'lambda-permission',
      functionName: FunctionName,
      action: Action,
      principal: Principal,
      ...(SourceArn === undefined ? {} : { sourceArn: SourceArn }),
      ...(SourceAccount === undefined ? {} : { sourceAccount: SourceAccount }),
    };
  },
};

import { z } from 'zod';
import { physicalName, readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::Logs::LogGroup';

const schema = z.strictObject({
  LogGroupName: z.string().optional(),
  RetentionInDays: withoutLocalEffect,
  KmsKeyId: withoutLocalEffect,
  LogGroupClass: withoutLocalEffect,
  Tags: withoutLocalEffect,
});

/** A CloudWatch log group: a file of lines, which grows only to a size and so keeps no days. */
export const logGroup: ResourceType = {
  type: TYPE,
  name(logicalId, properties, place) {
    const name = physicalName(properties, 'LogGroupName', logicalId, place);
    const Arn = `arn:aws:logs:${place.region}:${place.accountId}:log-group:${name}:*`;
    return { ref: name, attributes: { Arn } };
  },
  create(logicalId, { ref: name }, properties) {
    readProperties(schema, properties, TYPE, logicalId);
    return { kind: 'log-group', name };
  },
};

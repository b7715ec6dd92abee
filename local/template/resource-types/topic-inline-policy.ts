import { z } from 'zod';
import { readProperties, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::SNS::TopicInlinePolicy';

const schema = z.strictObject({ PolicyDocument: z.unknown(), TopicArn: z.string() });

/** What other accounts and services may do to one topic. */
export const topicInlinePolicy: ResourceType = {
  type: TYPE,
  name: (logicalId, _properties, { stack }) => ({ ref: `${stack}-${logicalId}`, attributes: {} }),
  create(logicalId, _named, properties) {
    const { PolicyDocument, TopicArn } = readProperties(schema, properties, TYPE, logicalId);
    return { kind: 'topic-policy', topicArns: [TopicArn], document: PolicyDocument };
  },
};

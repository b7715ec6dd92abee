import { z } from 'zod';
import { readProperties, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::SNS::TopicPolicy';

const schema = z.strictObject({ PolicyDocument: z.unknown(), Topics: z.array(z.string()).min(1) });

/** What other accounts and services may do to topics. */
export const topicPolicy: ResourceType = {
  type: TYPE,
  name: (logicalId, _properties, { stack }) => ({ ref: `${stack}-${logicalId}`, attributes: {} }),
  create(logicalId, _named, properties) {
    const { PolicyDocument, Topics } = readProperties(schema, properties, TYPE, logicalId);
    return { kind: 'topic-policy', topicArns: Topics, document: PolicyDocument };
  },
};

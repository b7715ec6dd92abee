import { z } from 'zod';
import { readProperties, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::SQS::QueuePolicy';

const schema = z.strictObject({ PolicyDocument: z.unknown(), Queues: z.array(z.string()).min(1) });

/** What other services, such as SNS, may do to queues. */
export const queuePolicy: ResourceType = {
  type: TYPE,
  name: (logicalId, _properties, { stack }) => ({ ref: `${stack}-${logicalId}`, attributes: {} }),
  create(logicalId, _named, properties) {
    const { PolicyDocument, Queues } = readProperties(schema, properties, TYPE, logicalId);
    return { kind: 'queue-policy', queueUrls: Queues, document: PolicyDocument };
  },
};

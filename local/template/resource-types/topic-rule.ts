import { z } from 'zod';
import { readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::IoT::TopicRule';

const schema = z.strictObject({
  RuleName: z.string().optional(),
  TopicRulePayload: z.record(z.string(), z.unknown()),
  Tags: withoutLocalEffect,
});

/** A topic rule; what its payload may say is the rules engine's to check. */
export const topicRule: ResourceType = {
  type: TYPE,
  name(logicalId, properties, { region, accountId, stack }) {
    const given = properties['RuleName'];
    // Rule names take no hyphens.
    const name = typeof given === 'string' ? given : `${stack}_${logicalId}`.replaceAll('-', '_');
    return { ref: name, attributes: { Arn: `arn:aws:iot:${region}:${accountId}:rule/${name}` } };
  },
  create(logicalId, { ref: name }, properties) {
    const { TopicRulePayload: payload } = readProperties(schema, properties, TYPE, logicalId);
    return { kind: 'topic-rule', name, payload };
  },
};

import { z } from 'zod';
import { readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::IoT::TopicRuleDestination';

const schema = z.strictObject({
  HttpUrlProperties: z.strictObject({ ConfirmationUrl: z.string() }),
  // A destination becomes ENABLED by its confirmation only; that is what a template may ask for.
  Status: z.enum(['IN_PROGRESS', 'ENABLED']).optional(),
  Tags: withoutLocalEffect,
});

/** An HTTP destination of rules, which has to confirm that it wants messages. */
export const ruleDestination: ResourceType = {
  type: TYPE,
  name(logicalId, _properties, { region, accountId, stack }) {
    const Arn = `arn:aws:iot:${region}:${accountId}:ruledestination/http/${stack}-${logicalId}`;
    return { ref: Arn, attributes: { Arn } };
  },
  create(logicalId, _named, properties) {
    const { HttpUrlProperties } = readProperties(schema, properties, TYPE, logicalId);
    return { kind: 'rule-destination', confirmationUrl: HttpUrlProperties.ConfirmationUrl };
  },
};

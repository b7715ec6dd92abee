import { z } from 'zod';
import { normalise } from '../logical-ids.ts';
import { functionArn, permissionFor, readEvent, type EventOf, type Resources } from './event-source.ts';

const schema = z.strictObject({
  sql: z.string(),
  sqlVersion: z.string().optional(),
  name: z.string().optional(),
  enabled: z.boolean().default(true),
  description: z.string().optional(),
});

/** The topic rule that an `iot` event stands for. */
export function resourcesOfIot(source: EventOf): Resources {
  const { definition, rulesBefore } = source;
  const { sql, sqlVersion, name, enabled, description } = readEvent(schema, 'iot', source);
  const prefix = normalise(definition.key);
  const rule = `${prefix}IotTopicRule${rulesBefore + 1}`;
  return {
    [rule]: {
      type: 'AWS::IoT::TopicRule',
      properties: {
        ...(name === undefined ? {} : { RuleName: name }),
        TopicRulePayload: {
          Sql: sql,
          ...(sqlVersion === undefined ? {} : { AwsIotSqlVersion: sqlVersion }),
          ...(description === undefined ? {} : { Description: description }),
          RuleDisabled: !enabled,
          Actions: [{ Lambda: { FunctionArn: functionArn(definition) } }],
        },
      },
    },
    [`${prefix}LambdaPermissionIotTopicRule${rulesBefore + 1}`]: permissionFor(
      definition,
      'iot.amazonaws.com',
      rule,
    ),
  };
}

import { z } from 'zod';
import { ALARM_PARAMETERS, readAlarm } from '../../cloudwatch/index.ts';
import { AwsApiError, ConfigurationError } from '../../errors.ts';
import { physicalName, readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::CloudWatch::Alarm';

/** The properties are the parameters of PutMetricAlarm; what they may say is CloudWatch's to check. */
const schema = z.strictObject({
  ...Object.fromEntries(ALARM_PARAMETERS.map((name) => [name, z.unknown().optional()])),
  Tags: withoutLocalEffect,
});

/** An alarm on one metric. Composite alarms are a type of their own, which is not served. */
export const alarm: ResourceType = {
  type: TYPE,
  name(logicalId, properties, place) {
    const name = physicalName(properties, 'AlarmName', logicalId, place);
    return {
      ref: name,
      attributes: { Arn: `arn:aws:cloudwatch:${place.region}:${place.accountId}:alarm:${name}` },
    };
  },
  create(logicalId, { ref: name }, properties) {
    const read = readProperties(schema, properties, TYPE, logicalId);
    try {
      return { kind: 'alarm', definition: readAlarm({ ...read, AlarmName: name }) };
    } catch (thrown) {
      if (!(thrown instanceof AwsApiError)) throw thrown;
      throw new ConfigurationError(
        `resource "${logicalId}" (${TYPE}) asks for what cannot be done here: ${thrown.message}`,
        { code: 'PROPERTY_NOT_SERVED', data: { logicalId, type: TYPE }, cause: thrown },
      );
    }
  },
};

import { z } from 'zod';
import { iotArn, iotName } from './iot-name.ts';
import { readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::IoT::Policy';

const schema = z.strictObject({
  PolicyName: z.string().optional(),
  PolicyDocument: z.union([z.string(), z.record(z.string(), z.unknown())]),
  Tags: withoutLocalEffect,
});

/** A policy of AWS IoT, for devices. */
export const iotPolicy: ResourceType = {
  type: TYPE,
  name(logicalId, properties, place, resolve) {
    const name = iotName(resolve(properties['PolicyName']), 'PolicyName', logicalId, place);
    return { ref: name, attributes: { Arn: iotArn(place, `policy/${name}`), Id: name } };
  },
  create(logicalId, { ref: name }, properties) {
    const { PolicyDocument } = readProperties(schema, properties, TYPE, logicalId);
    const document = typeof PolicyDocument === 'string' ? PolicyDocument : JSON.stringify(PolicyDocument);
    return { kind: 'iot-policy', logicalId, name, document };
  },
};

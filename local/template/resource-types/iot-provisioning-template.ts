import { z } from 'zod';
import { booleanSchema, iotArn, iotName } from './iot-name.ts';
import { readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::IoT::ProvisioningTemplate';

const schema = z.strictObject({
  TemplateName: z.string().optional(),
  TemplateBody: z.string(),
  ProvisioningRoleArn: z.string(),
  Description: z.string().optional(),
  Enabled: booleanSchema.default(false),
  // Fleet provisioning over MQTT is not served; without a type it would be meant.
  TemplateType: z.literal('JITP'),
  Tags: withoutLocalEffect,
});

/** A template by which devices are provisioned just in time. */
export const iotProvisioningTemplate: ResourceType = {
  type: TYPE,
  name(logicalId, properties, place, resolve) {
    const name = iotName(resolve(properties['TemplateName']), 'TemplateName', logicalId, place);
    return { ref: name, attributes: { TemplateArn: iotArn(place, `provisioningtemplate/${name}`) } };
  },
  create(logicalId, { ref: name }, properties) {
    const read = readProperties(schema, properties, TYPE, logicalId);
    return {
      kind: 'provisioning-template',
      logicalId,
      name,
      body: read.TemplateBody,
      roleArn: read.ProvisioningRoleArn,
      description: read.Description,
      isEnabled: read.Enabled,
    };
  },
};

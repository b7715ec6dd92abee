import { z } from 'zod';
import { booleanSchema, iotArn, iotName, textsSchema, type NameProperty } from './iot-name.ts';
import { readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const THING = 'AWS::IoT::Thing';
const THING_TYPE = 'AWS::IoT::ThingType';
const THING_GROUP = 'AWS::IoT::ThingGroup';
const BILLING_GROUP = 'AWS::IoT::BillingGroup';

const attributePayload = z.strictObject({ Attributes: textsSchema.default({}) });

const thingSchema = z.strictObject({
  ThingName: z.string().optional(),
  AttributePayload: attributePayload.optional(),
});

const thingTypeSchema = z.strictObject({
  ThingTypeName: z.string().optional(),
  DeprecateThingType: booleanSchema.default(false),
  ThingTypeProperties: z
    .strictObject({
      ThingTypeDescription: z.string().optional(),
      SearchableAttributes: z.array(z.string()).default([]),
      Mqtt5Configuration: z
        .strictObject({
          PropagatingAttributes: z
            .array(
              z.strictObject({
                UserPropertyKey: z.string(),
                ThingAttribute: z.string().optional(),
                ConnectionAttribute: z.string().optional(),
              }),
            )
            .default([]),
        })
        .optional(),
    })
    .optional(),
  Tags: withoutLocalEffect,
});

const thingGroupSchema = z
  .strictObject({
    ThingGroupName: z.string().optional(),
    ParentGroupName: z.string().optional(),
    QueryString: z.string().min(1).optional(),
    ThingGroupProperties: z
      .strictObject({
        ThingGroupDescription: z.string().optional(),
        AttributePayload: attributePayload.optional(),
      })
      .optional(),
    Tags: withoutLocalEffect,
  })
  .refine(({ ParentGroupName, QueryString }) => ParentGroupName === undefined || QueryString === undefined, {
    message: 'a dynamic group, which has a QueryString, is below no other: leave ParentGroupName out',
  });

const billingGroupSchema = z.strictObject({
  BillingGroupName: z.string().optional(),
  BillingGroupProperties: z.strictObject({ BillingGroupDescription: z.string().optional() }).optional(),
  Tags: withoutLocalEffect,
});

/** Names by a property; the ARN is `<kind>/<name>`. The registry's own UUIDs are not known before it has them. */
function namedBy(property: NameProperty, kind: string): ResourceType['name'] {
  return (logicalId, properties, place, resolve) => {
    const name = iotName(resolve(properties[property]), property, logicalId, place);
    return { ref: name, attributes: { Arn: iotArn(place, `${kind}/${name}`) } };
  };
}

/** A thing. */
export const iotThing: ResourceType = {
  type: THING,
  name: namedBy('ThingName', 'thing'),
  create(logicalId, { ref: name }, properties) {
    const { AttributePayload } = readProperties(thingSchema, properties, THING, logicalId);
    return { kind: 'thing', logicalId, name, attributes: AttributePayload?.Attributes ?? {} };
  },
};

/** A type of things. */
export const iotThingType: ResourceType = {
  type: THING_TYPE,
  name: namedBy('ThingTypeName', 'thingtype'),
  create(logicalId, { ref: name }, properties) {
    const read = readProperties(thingTypeSchema, properties, THING_TYPE, logicalId);
    const {
      ThingTypeDescription,
      SearchableAttributes = [],
      Mqtt5Configuration,
    } = read.ThingTypeProperties ?? {};
    const propagatingAttributes = Mqtt5Configuration?.PropagatingAttributes.map((attribute) => ({
      userPropertyKey: attribute.UserPropertyKey,
      ...(attribute.ThingAttribute === undefined ? {} : { thingAttribute: attribute.ThingAttribute }),
      ...(attribute.ConnectionAttribute === undefined
        ? {}
        : { connectionAttribute: attribute.ConnectionAttribute }),
    }));
    return {
      kind: 'thing-type',
      logicalId,
      name,
      isDeprecated: read.DeprecateThingType,
      description: ThingTypeDescription,
      searchableAttributes: SearchableAttributes,
      mqtt5Configuration: propagatingAttributes === undefined ? undefined : { propagatingAttributes },
    };
  },
};

/** A group of things: a static one or, with a QueryString, a dynamic one. */
export const iotThingGroup: ResourceType = {
  type: THING_GROUP,
  name: namedBy('ThingGroupName', 'thinggroup'),
  create(logicalId, { ref: name }, properties) {
    const read = readProperties(thingGroupSchema, properties, THING_GROUP, logicalId);
    const { ThingGroupDescription, AttributePayload } = read.ThingGroupProperties ?? {};
    return {
      kind: 'thing-group',
      logicalId,
      name,
      parentGroupName: read.ParentGroupName,
      queryString: read.QueryString,
      description: ThingGroupDescription,
      attributes: AttributePayload?.Attributes ?? {},
    };
  },
};

/** A group of things that are paid for together. */
export const iotBillingGroup: ResourceType = {
  type: BILLING_GROUP,
  name: namedBy('BillingGroupName', 'billinggroup'),
  create(logicalId, { ref: name }, properties) {
    const read = readProperties(billingGroupSchema, properties, BILLING_GROUP, logicalId);
    const description = read.BillingGroupProperties?.BillingGroupDescription;
    return { kind: 'billing-group', logicalId, name, description };
  },
};

import { z } from 'zod';
import { readProperties, type ResourceType } from './resource-type.ts';

const POLICY_ATTACHMENT = 'AWS::IoT::PolicyPrincipalAttachment';
const THING_ATTACHMENT = 'AWS::IoT::ThingPrincipalAttachment';

const policySchema = z.strictObject({ PolicyName: z.string(), Principal: z.string() });

const thingSchema = z.strictObject({
  ThingName: z.string(),
  Principal: z.string(),
  ThingPrincipalType: z.enum(['EXCLUSIVE_THING', 'NON_EXCLUSIVE_THING']).optional(),
});

const named: ResourceType['name'] = (logicalId, _properties, { stack }) => ({
  ref: `${stack}-${logicalId}`,
  attributes: {},
});

/** A policy on a certificate or a thing group. */
export const iotPolicyAttachment: ResourceType = {
  type: POLICY_ATTACHMENT,
  name: named,
  create(logicalId, _named, properties) {
    const read = readProperties(policySchema, properties, POLICY_ATTACHMENT, logicalId);
    const { PolicyName: policyName, Principal: principal } = read;
    // What is attached to what is all that there is of it: another one is another attachment.
    const name = `${policyName} on ${principal}`;
    return { kind: 'policy-attachment', logicalId, name, policyName, principal };
  },
};

/** A certificate on a thing. */
export const iotThingAttachment: ResourceType = {
  type: THING_ATTACHMENT,
  name: named,
  create(logicalId, _named, properties) {
    const read = readProperties(thingSchema, properties, THING_ATTACHMENT, logicalId);
    const { ThingName: thingName, Principal: principal, ThingPrincipalType: type } = read;
    const name = `${principal} on ${thingName}`;
    return { kind: 'thing-attachment', logicalId, name, thingName, principal, type };
  },
};

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { physicalName, readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::Events::Rule';

const DEFAULT_BUS = 'default';

/** EventBridge's limit for the name of a rule. */
const MAX_NAME = 64;

const schema = z.strictObject({
  Name: z.string().optional(),
  EventBusName: z.string().optional(),
  EventPattern: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  ScheduleExpression: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Description: z.string().optional(),
  RoleArn: z.string().optional(),
  Targets: z.array(z.unknown()).default([]),
  Tags: withoutLocalEffect,
});

/** A rule of EventBridge; what its pattern, its schedule and its targets may say is EventBridge's to check. */
export const eventRule: ResourceType = {
  type: TYPE,
  name(logicalId, properties, place, resolve) {
    const name = shortened(physicalName(properties, 'Name', logicalId, place));
    const prefix = `arn:aws:events:${place.region}:${place.accountId}:rule/`;
    // The bus may be named by a resource that comes later in the template: it is looked up when it is asked for.
    const bus = (): string => busOf(resolve(properties['EventBusName']));
    return {
      get ref() {
        return bus() === DEFAULT_BUS ? name : `${bus()}|${name}`;
      },
      attributes: {
        get Arn() {
          return `${prefix}${bus() === DEFAULT_BUS ? '' : `${bus()}/`}${name}`;
        },
      },
    };
  },
  create(logicalId, { ref }, properties) {
    const read = readProperties(schema, properties, TYPE, logicalId);
    const { EventBusName, EventPattern, ScheduleExpression, State, Description, RoleArn, Targets } = read;
    return {
      kind: 'event-rule',
      name: ref.slice(ref.indexOf('|') + 1),
      busName: busOf(EventBusName),
      isEnabled: State === 'ENABLED',
      targets: Targets,
      ...(EventPattern === undefined
        ? {}
        : { eventPattern: typeof EventPattern === 'string' ? EventPattern : JSON.stringify(EventPattern) }),
      ...(ScheduleExpression === undefined ? {} : { scheduleExpression: ScheduleExpression }),
      ...(Description === undefined ? {} : { description: Description }),
      ...(RoleArn === undefined ? {} : { roleArn: RoleArn }),
    };
  },
};

/** A bus is named by its name or by its ARN. */
function busOf(given: unknown): string {
  if (typeof given !== 'string' || given === '') return DEFAULT_BUS;
  return given.startsWith('arn:') ? given.slice(given.indexOf('/') + 1) : given;
}

/** A name that a template does not give may be too long: two of them must not become one. */
function shortened(name: string): string {
  if (name.length <= MAX_NAME) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, MAX_NAME - 1 - hash.length)}-${hash}`;
}

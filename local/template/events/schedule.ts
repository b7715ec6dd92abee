import { z } from 'zod';
import { errorText } from '../../../shared/errors.ts';
import { normalise } from '../logical-ids.ts';
import type { Resource } from '../template.ts';
import {
  eventNotServed,
  functionArn,
  permissionFor,
  readEvent,
  type EventOf,
  type Resources,
} from './event-source.ts';
import { inputTransformer } from './input-transformer.ts';

const eventSchema = z.strictObject({
  /** Expressions, maybe still intrinsics. */
  rate: z.union([z.string().transform((one): unknown[] => [one]), z.array(z.unknown()).min(1)]),
  enabled: z.boolean().default(true),
  name: z.string().optional(),
  description: z.string().optional(),
  /** In an object, `body` is read as JSON where it is text. */
  input: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  inputPath: z.string().optional(),
  inputTransformer: inputTransformer.optional(),
  method: z.enum(['eventBus', 'scheduler']).default('eventBus'),
  /** Only EventBridge Scheduler, the other method, has roles, groups and time zones. */
  roleArn: z.unknown().optional(),
  groupName: z.unknown().optional(),
  timezone: z.string().optional(),
});
type ScheduleEvent = z.infer<typeof eventSchema>;

/** An expression alone stands for an event that says no more. */
const schema = z.preprocess((event) => (typeof event === 'string' ? { rate: event } : event), eventSchema);

/** The rules that a `schedule` event stands for: one for each of its expressions. */
export function resourcesOfSchedule(source: EventOf): Resources {
  const { definition, rulesBefore } = source;
  const event = readEvent(schema, 'schedule', source);
  if (event.method === 'scheduler') {
    throw eventNotServed(
      definition,
      'schedule',
      'the method "scheduler" is EventBridge Scheduler, which is no part of this cloud; leave the method out',
    );
  }
  const { rate, name, description, enabled } = event;
  const input = readInput(event, source);
  const prefix = normalise(definition.key);
  const resources: Record<string, Resource> = {};
  for (const [at, expression] of rate.entries()) {
    const number = rulesBefore + at + 1;
    const rule = `${prefix}EventsRuleSchedule${number}`;
    resources[rule] = {
      type: 'AWS::Events::Rule',
      properties: {
        ScheduleExpression: expression,
        State: enabled ? 'ENABLED' : 'DISABLED',
        ...(name === undefined ? {} : { Name: name }),
        ...(description === undefined ? {} : { Description: description }),
        Targets: [{ ...input, Arn: functionArn(definition), Id: `${definition.key}Schedule` }],
      },
    };
    resources[`${prefix}LambdaPermissionEventsRuleSchedule${number}`] = permissionFor(
      definition,
      'events.amazonaws.com',
      rule,
    );
  }
  return resources;
}

/** What the target is given, by the names of the API. */
function readInput(
  { input, inputPath, inputTransformer: transformer }: ScheduleEvent,
  { definition }: EventOf,
): Readonly<Record<string, unknown>> {
  return {
    ...(input === undefined ? {} : { Input: typeof input === 'string' ? input : written(input) }),
    ...(inputPath === undefined ? {} : { InputPath: inputPath }),
    ...(transformer === undefined ? {} : { InputTransformer: transformer }),
  };

  function written(given: Readonly<Record<string, unknown>>): string {
    const { body } = given;
    try {
      return JSON.stringify(typeof body === 'string' ? { ...given, body: JSON.parse(body) } : given);
    } catch (error) {
      throw eventNotServed(definition, 'schedule', `the body of its input is not JSON: ${errorText(error)}`);
    }
  }
}

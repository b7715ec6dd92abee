import { z } from 'zod';
import { alphanumeric, normalise } from '../logical-ids.ts';
import { functionArn, permissionFor, readEvent, type EventOf, type Resources } from './event-source.ts';
import { inputTransformer } from './input-transformer.ts';

const schema = z
  .strictObject({
    /** A name, an ARN, or an intrinsic. */
    eventBus: z.unknown().optional(),
    schedule: z.string().optional(),
    name: z.string().optional(),
    description: z.string().optional(),
    enabled: z.boolean().default(true),
    pattern: z.record(z.string(), z.unknown()).optional(),
    input: z.record(z.string(), z.unknown()).optional(),
    inputPath: z.string().optional(),
    inputTransformer: inputTransformer.optional(),
    retryPolicy: z
      .strictObject({
        maximumEventAge: z.number().optional(),
        maximumRetryAttempts: z.number().optional(),
      })
      .optional(),
    /** Maybe an intrinsic. */
    deadLetterQueueArn: z.unknown().optional(),
  })
  .refine(({ pattern, schedule }) => pattern !== undefined || schedule !== undefined, {
    message: 'it has neither a pattern nor a schedule',
  });
type EventBridgeEvent = z.infer<typeof schema>;

/** The rule that an `eventBridge` event stands for, and the bus, where the event names one that is yet to be made. */
export function resourcesOfEventBridge(source: EventOf): Resources {
  const { definition, position } = source;
  const event = readEvent(schema, 'eventBridge', source);
  const { pattern, schedule, description, enabled } = event;
  const ownName = `${definition.name}-rule-${position}`;
  const name = event.name ?? ownName;
  const rule = `${alphanumeric(ownName)}EventBridgeRule`;
  const bus = readBus(event.eventBus);
  return {
    ...bus.resources,
    [rule]: {
      type: 'AWS::Events::Rule',
      properties: {
        Name: name,
        State: enabled ? 'ENABLED' : 'DISABLED',
        ...(description === undefined ? {} : { Description: description }),
        ...(bus.name === undefined ? {} : { EventBusName: bus.name }),
        ...(pattern === undefined ? {} : { EventPattern: pattern }),
        ...(schedule === undefined ? {} : { ScheduleExpression: schedule }),
        Targets: [{ Arn: functionArn(definition), Id: `${name}-target`, ...targetOf(event) }],
      },
    },
    [`${normalise(definition.key)}EventBridgeLambdaPermission${position}`]: permissionFor(
      definition,
      'events.amazonaws.com',
      rule,
    ),
  };
}

/** A bus that is named is made, one that an ARN or an intrinsic leads to is there. */
function readBus(bus: unknown): { readonly name?: unknown; readonly resources: Resources } {
  if (bus === undefined || bus === 'default') return { resources: {} };
  if (typeof bus !== 'string') return { name: bus, resources: {} };
  if (bus.startsWith('arn')) return { name: bus.slice(bus.indexOf('/') + 1), resources: {} };
  const resource = { type: 'AWS::Events::EventBus', properties: { Name: bus } };
  return { name: bus, resources: { [`${normalise(bus)}EventBridgeEventBus`]: resource } };
}

function targetOf({
  input,
  inputPath,
  inputTransformer: transformer,
  retryPolicy,
  deadLetterQueueArn,
}: EventBridgeEvent): Readonly<Record<string, unknown>> {
  const { maximumEventAge, maximumRetryAttempts } = retryPolicy ?? {};
  return {
    ...(input === undefined ? {} : { Input: JSON.stringify(input) }),
    ...(inputPath === undefined ? {} : { InputPath: inputPath }),
    ...(transformer === undefined ? {} : { InputTransformer: transformer }),
    ...(retryPolicy === undefined
      ? {}
      : {
          RetryPolicy: {
            ...(maximumEventAge === undefined ? {} : { MaximumEventAgeInSeconds: maximumEventAge }),
            ...(maximumRetryAttempts === undefined ? {} : { MaximumRetryAttempts: maximumRetryAttempts }),
          },
        }),
    ...(deadLetterQueueArn === undefined ? {} : { DeadLetterConfig: { Arn: deadLetterQueueArn } }),
  };
}

import { randomUUID } from 'node:crypto';
import type { Service } from '../endpoint/service.ts';
import { createControlPlane, type RequestCounts } from '../iot/api/index.ts';
import { createDataPlaneHandler } from '../iot/data-plane.ts';
import { createLambdaHandler } from '../lambda/api.ts';
import type { Parts } from './parts.ts';

/** Topics below `$aws` that this cloud itself answers on. */
export const SERVED_TOPICS = ['shadows'] as const;

/**
 * The AWS APIs at the endpoint, by the name that requests to them are signed for.
 *
 * @param iotRequests has every request to AWS IoT's control plane counted
 */
export function servicesOf(
  { storage, functions, notifications, events, hub, rules, devices, messages }: Parts,
  iotRequests: RequestCounts,
): Readonly<Record<string, Service>> {
  const { gateway, shadows } = messages;
  const dataPlane = createDataPlaneHandler({
    publish: hub.publish,
    newId: randomUUID,
    gateway,
    servedTopics: SERVED_TOPICS,
    shadows: shadows.handler,
  });
  const controlPlane = createControlPlane(
    {
      registry: devices.registry,
      security: devices.security,
      destinations: rules.destinations,
      addresses: { dataAddress: 'localhost' },
    },
    iotRequests,
  );
  return {
    dynamodb: storage.dynamodb,
    sqs: storage.sqs.handler,
    s3: storage.s3.handler,
    ssm: storage.ssm.handler,
    sns: notifications.sns.handler,
    monitoring: notifications.cloudwatch.handler,
    events: events.handler,
    lambda: createLambdaHandler(functions.lambda),
    iot: controlPlane,
    'execute-api': controlPlane,
    iotdata: dataPlane,
    iotdevicegateway: dataPlane,
  };
}

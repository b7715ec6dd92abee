import { z } from 'zod';
import {
  createEventBridge,
  type EventBridge,
  type EventBridgeTargets,
} from '../../../local/eventbridge/index.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { authorization, startEndpoint } from '../endpoint/support.ts';

export const ACCOUNT = '000000000000';
export const REGION = 'eu-west-1';
export const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:do-it`;
export const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:events`;
export const DEAD = `arn:aws:sqs:${REGION}:${ACCOUNT}:dead`;
export const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:news`;

const answerSchema = z.record(z.string(), z.unknown());

/** EventBridge behind a real endpoint, with targets that note what comes. */
export async function startEventBridge(
  options: {
    readonly file?: string;
    readonly clock?: ManualClock;
    readonly failing?: () => Error | undefined;
  } = {},
) {
  const clock = options.clock ?? new ManualClock();
  const delivered: { to: string; input: unknown; attributes?: unknown }[] = [];
  const logged: { message: string; data: Readonly<Record<string, unknown>> }[] = [];
  const take = async (to: string, input: string, attributes?: unknown): Promise<void> => {
    const failure = to === DEAD ? undefined : options.failing?.();
    if (failure !== undefined) throw failure;
    delivered.push({ to, input: JSON.parse(input), ...(attributes === undefined ? {} : { attributes }) });
  };
  const targets: EventBridgeTargets = {
    invokeAsync: (arn, payload) => take(arn, payload),
    sendMessage: ({ queueArn, body, attributes }) => take(queueArn, body, attributes),
    publish: ({ topicArn, message }) => take(topicArn, message),
  };
  let ids = 0;
  const events: EventBridge = createEventBridge({
    file: options.file ?? ':memory:',
    clock,
    accountId: ACCOUNT,
    region: REGION,
    targets,
    log: (message, data) => logged.push({ message, data }),
    newId: () => `event-${(ids += 1)}`,
  });
  const endpoint = await startEndpoint({ events: events.handler });

  /** Calls the API; an error is thrown as `code: message`. */
  async function call(operation: string, input: object = {}): Promise<Record<string, unknown>> {
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers: {
        ...authorization('events'),
        'x-amz-target': `AWSEvents.${operation}`,
        'content-type': 'application/x-amz-json-1.1',
      },
      body: JSON.stringify(input),
    });
    const answer = answerSchema.parse(await response.json());
    if (!response.ok) throw new Error(`${String(answer['__type'])}: ${String(answer['message'])}`);
    return answer;
  }

  return {
    events,
    clock,
    delivered,
    logged,
    call,
    /** Puts one event and waits until it has been delivered. */
    async put(entry: Readonly<Record<string, unknown>> = {}): Promise<void> {
      const whole = { Source: 'test', DetailType: 'Tested', Detail: '{}', ...entry };
      const answer = await call('PutEvents', { Entries: [whole] });
      if (answer['FailedEntryCount'] !== 0) throw new Error(JSON.stringify(answer));
      await events.drained();
    },
    /** Makes a rule with one target. */
    async rule(
      name: string,
      trigger: Readonly<Record<string, unknown>>,
      target: Readonly<Record<string, unknown>> = {},
    ): Promise<void> {
      const { EventBusName, ...rest } = trigger;
      const bus = EventBusName === undefined ? {} : { EventBusName };
      await call('PutRule', { Name: name, ...bus, ...rest });
      await call('PutTargets', { Rule: name, ...bus, Targets: [{ Id: 't', Arn: QUEUE, ...target }] });
    },
    async stop(): Promise<void> {
      await endpoint.close();
      events.close();
    },
  };
}

export type TestEventBridge = Awaited<ReturnType<typeof startEventBridge>>;

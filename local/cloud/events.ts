import path from 'node:path';
import {
  createEventBridge,
  readDeclaredRule,
  type DeclaredRule,
  type EventBridge,
} from '../eventbridge/index.ts';
import { authoriserOf } from '../iam/index.ts';
import type { Functions } from './functions.ts';
import type { Notifications } from './notifications.ts';
import { creationsOf, type Site } from './site.ts';
import type { Storage } from './storage.ts';

const EVENTS = 'events.amazonaws.com';

/** Checks the rules of EventBridge that the template has. @throws ConfigurationError EVENT_RULE_NOT_SERVED */
export function readEventRules({ plan }: Pick<Site, 'plan'>): DeclaredRule[] {
  return creationsOf(plan, 'event-rule').map(({ kind: _kind, ...rule }) => readDeclaredRule(rule));
}

/** Starts EventBridge. Its schedules are due from `start` on. */
export function startEvents(
  site: Site,
  { sqs }: Storage,
  { lambda }: Functions,
  { sns }: Notifications,
): EventBridge {
  const { plan, configuration, accountId, region, clock, logs, tell, stops } = site;
  const permissions = authoriserOf(plan.creations, { accountId, region });
  const arn = (service: string, name: string): string => `arn:aws:${service}:${region}:${accountId}:${name}`;
  const queues = new Set(creationsOf(plan, 'queue').map(({ name }) => arn('sqs', name)));
  const declared = new Set(
    creationsOf(plan, 'event-rule').map(({ busName, name }) =>
      arn('events', busName === 'default' ? `rule/${name}` : `rule/${busName}/${name}`),
    ),
  );
  const events = createEventBridge({
    file: path.join(configuration.folder, 'eventbridge.sqlite'),
    clock,
    accountId,
    region,
    targets: {
      invokeAsync: async (functionArn, payload) => {
        lambda.invokeAsync(lambda.find(functionArn), payload);
      },
      sendMessage: (message) => sqs.sendMessage(message),
      publish: (message) => sns.publish(message),
      authorise: ({ ruleArn, kind, targetArn }) => {
        // What the API made has no permission that is known here.
        if (!declared.has(ruleArn)) return;
        const request = { servicePrincipal: EVENTS, sourceArn: ruleArn };
        if (kind === 'lambda') permissions.requireInvoke({ ...request, functionArn: targetArn });
        else if (kind === 'sqs' && queues.has(targetArn)) {
          permissions.requireResource({ ...request, action: 'sqs:SendMessage', resource: targetArn });
        }
      },
    },
    log: (message, data) => {
      logs.cloud('warn', message, data);
      tell(`${message}: ${JSON.stringify(data)}`);
    },
  });
  stops.add(async () => {
    await events.drained();
    events.close();
  });
  return events;
}

/** Makes the buses and rules of the template. */
export function ensureEvents({ plan }: Site, events: EventBridge): void {
  for (const { name, description } of creationsOf(plan, 'event-bus')) events.ensureBus(name, description);
  for (const rule of readEventRules({ plan })) events.ensureRule(rule);
}

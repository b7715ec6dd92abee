import path from 'node:path';
import { createCloudWatch, type CloudWatch } from '../cloudwatch/index.ts';
import { authoriserOf } from '../iam/index.ts';
import { openOutbox, type Outbox } from '../outbox/index.ts';
import { createSns, type Sns } from '../sns/index.ts';
import { alarmPermissions } from './alarm-permissions.ts';
import type { Functions } from './functions.ts';
import { creationsOf, type Site } from './site.ts';
import type { Storage } from './storage.ts';

/** What tells people and keeps numbers. */
export interface Notifications {
  readonly cloudwatch: CloudWatch;
  readonly sns: Sns;
  readonly outbox: Outbox;
}

const SNS = 'sns.amazonaws.com';

/** Starts CloudWatch, SNS and the outbox. Alarms are evaluated from `cloudwatch.start` on. */
export function startNotifications(site: Site, { sqs }: Storage, { lambda }: Functions): Notifications {
  const { plan, configuration, accountId, region, endpointUrl, clock, logs, tell, stops } = site;
  const { folder } = configuration;
  const outbox = openOutbox(path.join(folder, 'outbox'), clock);
  stops.add(() => outbox.close());
  const queue = (name: string): string => `arn:aws:sqs:${region}:${accountId}:${name}`;
  const ofTemplate = new Set(creationsOf(plan, 'queue').map(({ name }) => queue(name)));
  const permissions = authoriserOf(plan.creations, { accountId, region });
  const log = (message: string, data: Readonly<Record<string, unknown>>): void => {
    logs.cloud('warn', message, data);
    tell(`${message}: ${JSON.stringify(data)}`);
  };
  // Alarms publish to topics, and topics count in metrics.
  let metrics: CloudWatch | undefined;
  const sns = createSns({
    file: path.join(folder, 'topics.sqlite'),
    clock,
    accountId,
    region,
    baseUrl: endpointUrl,
    targets: {
      sendMessage: (message) => sqs.sendMessage(message),
      invokeAsync: async (functionArn, event) => {
        lambda.invokeAsync(lambda.find(functionArn), JSON.stringify(event));
      },
      keep: (kind, record) => outbox.keep(kind, record),
      authorise: ({ topicArn, endpoint }) => {
        const request = { servicePrincipal: SNS, sourceArn: topicArn };
        if (endpoint.includes(':lambda:')) permissions.requireInvoke({ ...request, functionArn: endpoint });
        // What the API made has no policy that is known here.
        else if (ofTemplate.has(endpoint)) {
          permissions.requireResource({ ...request, action: 'sqs:SendMessage', resource: endpoint });
        }
      },
      putMetric: (datum) => metrics?.putMetric(datum),
    },
    log,
  });

  const cloudwatch = createCloudWatch({
    file: path.join(folder, 'cloudwatch.sqlite'),
    logFolder: path.join(folder, 'log-groups'),
    clock,
    accountId,
    region,
    targets: {
      publish: (message) => sns.publish(message),
      invokeAsync: async (functionArn, event) => {
        lambda.invokeAsync(lambda.find(functionArn), JSON.stringify(event));
      },
      authorise: alarmPermissions(site),
    },
    log,
  });
  metrics = cloudwatch;
  stops.add(async () => {
    await cloudwatch.drained();
    await sns.drained();
    sns.close();
    cloudwatch.close();
  });
  return { cloudwatch, sns, outbox };
}

/** Makes the log groups, topics, subscriptions and alarms of the template. */
export function ensureNotifications(
  { plan }: Site,
  { cloudwatch, sns }: Pick<Notifications, 'cloudwatch' | 'sns'>,
): void {
  for (const { name } of creationsOf(plan, 'log-group')) cloudwatch.ensureLogGroup(name);
  const policies = new Map<string, string>();
  for (const { topicArns, document } of creationsOf(plan, 'topic-policy')) {
    for (const topicArn of topicArns) policies.set(topicArn, JSON.stringify(document));
  }
  for (const { name, attributes, tags, subscriptions } of creationsOf(plan, 'topic')) {
    const topicArn = sns.ensureTopic(name, attributes, tags);
    const policy = policies.get(topicArn);
    if (policy !== undefined) sns.ensureTopic(name, { Policy: policy });
    for (const subscription of subscriptions) {
      sns.ensureSubscription({ topicArn, attributes: {}, ...subscription });
    }
  }
  for (const subscription of creationsOf(plan, 'subscription')) sns.ensureSubscription(subscription);
  sns.resume();
  cloudwatch.ensureAlarms(creationsOf(plan, 'alarm').map(({ definition }) => definition));
}

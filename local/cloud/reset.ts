import { emptyTables } from '../dynamodb/tables.ts';
import { apiRulePayload } from '../iot/registry/index.ts';
import type { Parts } from './parts.ts';
import { ensureEvents } from './events.ts';
import { ensureIotResources } from './iot-resources.ts';
import { ensureNotifications } from './notifications.ts';
import { creationsOf, type Site } from './site.ts';

/** Makes what the template says, as far as it is kept where the API can change it. */
export function ensureTemplate(site: Site, { storage, notifications, events, devices }: Parts): void {
  const { plan } = site;
  storage.timeToLive.takeTemplate(creationsOf(plan, 'table'));
  ensureNotifications(site, notifications);
  ensureEvents(site, events);
  ensureIotResources(plan.creations, {
    ...devices,
    indexed: (name) =>
      site.tell(
        `fleet indexing is on now, as the dynamic thing group ${name} needs it; on AWS turn it on once for the ` +
          'account: aws iot update-indexing-configuration',
      ),
    left: ({ kind, name, error }) =>
      site.tell(`${kind} ${name} of an earlier template stays: ${error.message}`),
  });
  devices.registry.topicRules.takeTemplate(
    creationsOf(plan, 'topic-rule').map(({ name, payload }) => ({
      ruleName: name,
      payload: apiRulePayload(payload),
    })),
  );
}

/**
 * Brings the cloud back to what the template says: nothing is in tables, queues and buckets, nobody is connected,
 * no thing, certificate or rule is there but the template's, and functions start anew.
 */
export function createReset(site: Site, parts: Parts): () => Promise<void> {
  const { plan, region } = site;
  const { storage, functions, notifications, events, rules, devices, messages } = parts;
  return async () => {
    // Nobody is left who could publish, and no rule that could act, before anything is emptied.
    messages.gateway.reset();
    for (const { ruleName } of devices.registry.topicRules.list({}).items) rules.control.remove(ruleName);
    await rules.drained();
    functions.lambda.asynchronous.clear();
    // What runs would write into what is empty by then.
    await functions.lambda.asynchronous.drained();
    devices.registry.reset();
    devices.attempts.clear();
    messages.shadows.reset();
    rules.destinations.reset();
    events.reset();
    notifications.sns.reset();
    notifications.cloudwatch.reset();
    storage.sqs.reset();
    storage.ssm.reset();
    await storage.timeToLive.reset();
    await Promise.all([
      // What a container remembers is no longer true.
      functions.lambda.recycle(),
      storage.s3.reset(),
      emptyTables(storage.engine.url, region, creationsOf(plan, 'table')),
    ]);
    for (const { name, attributes } of creationsOf(plan, 'queue')) storage.sqs.ensureQueue(name, attributes);
    for (const { name } of creationsOf(plan, 'bucket')) await storage.s3.ensureBucket(name);
    ensureTemplate(site, parts);
  };
}

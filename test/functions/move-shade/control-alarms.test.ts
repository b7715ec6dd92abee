import { expect, test } from 'vitest';
import { readGreenhouse } from '../../../cli/demo/greenhouse/service.ts';
import { authoriserOf } from '../../../local/iam/index.ts';
import { planService } from '../../../local/template/plan-service.ts';
import { SERVICE_FOLDER } from '../../support/service.ts';

const { plan } = planService(readGreenhouse(SERVICE_FOLDER, 'alarms'), 'http://127.0.0.1:1');
const [subscription, ...others] = plan.creations.filter((one) => one.kind === 'subscription');
if (subscription === undefined) throw new Error('the alarms are subscribed to');
const [, , , region = '', accountId = ''] = subscription.topicArn.split(':');
const authoriser = authoriserOf(plan.creations, { accountId, region });

const deadLetterArn = (): string => {
  const policy: unknown = JSON.parse(subscription.attributes['RedrivePolicy'] ?? '{}');
  return String(Object(policy).deadLetterTargetArn);
};

test('An alarm that SNS cannot deliver goes to the failures queue.', () => {
  expect(others).toEqual([]);
  expect(deadLetterArn()).toMatch(/^arn:aws:sqs:[^:]+:\d{12}:.*FailuresQueue/);
});

test('SNS may put messages into the failures queue for the topic of the alarms, and for no other.', () => {
  const request = {
    servicePrincipal: 'sns.amazonaws.com',
    sourceArn: subscription.topicArn,
    action: 'sqs:SendMessage',
    resource: deadLetterArn(),
  };
  expect(() => authoriser.requireResource(request)).not.toThrow();
  const refused = [
    { sourceArn: `${subscription.topicArn}-other` },
    { servicePrincipal: 'events.amazonaws.com' },
    { action: 'sqs:ReceiveMessage' },
  ];
  for (const change of refused) {
    expect(() => authoriser.requireResource({ ...request, ...change })).toThrow(/FailuresQueue/);
  }
});

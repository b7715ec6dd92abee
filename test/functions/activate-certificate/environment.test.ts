import { expect, test } from 'vitest';
import { readActivateCertificateEnvironment } from '../../../functions/activate-certificate/environment.ts';

const deployed = {
  ACCOUNT_ID: '000000000000',
  DEVICES_TABLE: 'devices',
  HELD_CERTIFICATES_TABLE: 'held',
  ALLOW_LIST_TABLE: 'allow-list',
  REJECTIONS_QUEUE_URL: 'http://127.0.0.1/rejections',
  NOTIFICATIONS_TOPIC_ARN: 'arn:aws:sns:eu-west-1:000000000000:notifications',
  POLICY_NAME: 'device',
};

test('What is not set is as simple as it can be: any CA, the common name, no type, no groups, no bus.', () => {
  expect(readActivateCertificateEnvironment(deployed)).toEqual({
    devicesTable: 'devices',
    heldTable: 'held',
    allowListTable: 'allow-list',
    rejectionsQueueUrl: 'http://127.0.0.1/rejections',
    notificationsTopicArn: deployed.NOTIFICATIONS_TOPIC_ARN,
    eventBusName: undefined,
    crlAddress: undefined,
    crlRefreshSeconds: 300,
    whenRevocationNotNamed: 'accept',
    settings: {
      accountId: '000000000000',
      acceptedCas: undefined,
      thingNameTemplate: '{commonName}',
      policyName: 'device',
      thingTypeName: undefined,
      thingGroupName: undefined,
      billingGroupName: undefined,
    },
  });
});

test('What is set is taken.', () => {
  const set = {
    ...deployed,
    ACCEPTED_CAS: `${'a'.repeat(64)}, ${'b'.repeat(64)},`,
    THING_NAME_TEMPLATE: 'lamp-{commonName}',
    THING_TYPE: 'lamp',
    THING_GROUP: 'lamps',
    BILLING_GROUP: 'house',
    EVENT_BUS_NAME: 'default',
    CRL_ADDRESS: 's3://lists/{caCertificateId}.crl',
    CRL_REFRESH_SECONDS: '60',
    REVOCATION_NOT_NAMED: 'refuse',
  };
  expect(readActivateCertificateEnvironment(set)).toMatchObject({
    eventBusName: 'default',
    crlAddress: 's3://lists/{caCertificateId}.crl',
    crlRefreshSeconds: 60,
    whenRevocationNotNamed: 'refuse',
    settings: {
      acceptedCas: ['a'.repeat(64), 'b'.repeat(64)],
      thingNameTemplate: 'lamp-{commonName}',
      thingTypeName: 'lamp',
      thingGroupName: 'lamps',
      billingGroupName: 'house',
    },
  });
});

test('Everything that is missing or wrong is named at once.', () => {
  const wrong = { ...deployed, POLICY_NAME: '', CRL_REFRESH_SECONDS: '0', REVOCATION_NOT_NAMED: 'ask' };
  expect(() => readActivateCertificateEnvironment(wrong)).toThrow(
    /POLICY_NAME is not set; CRL_REFRESH_SECONDS must be|CRL_REFRESH_SECONDS must be .*POLICY_NAME/,
  );
});

test('A template that gives all devices one name is refused.', () => {
  expect(() => readActivateCertificateEnvironment({ ...deployed, THING_NAME_TEMPLATE: 'lamp' })).toThrow(
    expect.objectContaining({ code: 'THING_NAME_TEMPLATE_UNUSABLE' }),
  );
});

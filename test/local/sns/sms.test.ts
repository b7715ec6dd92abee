import {
  CheckIfPhoneNumberIsOptedOutCommand,
  GetSMSAttributesCommand,
  ListPhoneNumbersOptedOutCommand,
  OptInPhoneNumberCommand,
  PublishCommand,
  SetSMSAttributesCommand,
  type PublishCommandInput,
} from '@aws-sdk/client-sns';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countParts } from '../../../local/sns/delivery/text-message.ts';
import { startSns, type TestSns } from './support.ts';

let running: TestSns;
beforeEach(async () => {
  running = await startSns();
});
afterEach(() => running.close());

const PHONE = '+41790000000';

function publish(input: Partial<PublishCommandInput> = {}) {
  return running.client.send(new PublishCommand({ PhoneNumber: PHONE, Message: 'hot', ...input }));
}

test('A text message is kept with what it would be sent with.', async () => {
  const { MessageId } = await publish();
  await running.client.send(
    new SetSMSAttributesCommand({
      attributes: { DefaultSenderID: 'Green', DefaultSMSType: 'Transactional', MonthlySpendLimit: '5' },
    }),
  );
  await publish({ Message: 'grün' });
  await publish({
    MessageAttributes: {
      'AWS.SNS.SMS.SenderID': { DataType: 'String', StringValue: 'House1' },
      'AWS.SNS.SMS.SMSType': { DataType: 'String', StringValue: 'Promotional' },
      'AWS.SNS.SMS.MaxPrice': { DataType: 'Number', StringValue: '0.5' },
      'AWS.MM.SMS.OriginationNumber': { DataType: 'String', StringValue: '+14155550100' },
    },
  });
  expect(running.kept.map(({ record }) => record)).toEqual([
    {
      phoneNumber: PHONE,
      message: 'hot',
      smsType: 'Promotional',
      parts: 1,
      messageId: MessageId,
      timestamp: '2026-11-21T00:00:00.000Z',
    },
    expect.objectContaining({ message: 'grün', senderId: 'Green', smsType: 'Transactional' }),
    expect.objectContaining({
      senderId: 'House1',
      smsType: 'Promotional',
      maxPriceUsd: 0.5,
      originationNumber: '+14155550100',
    }),
  ]);
  expect(running.metrics.map(({ name, dimensions }) => [name, dimensions['PhoneNumber']])).toContainEqual([
    'NumberOfNotificationsDelivered',
    'PhoneNumberDirect',
  ]);
});

test('From a topic a text message begins with the display name, as much of it as a phone shows.', async () => {
  const topicArn = running.sns.ensureTopic('t', { DisplayName: 'Greenhouse One' });
  running.sns.ensureSubscription({ topicArn, protocol: 'sms', endpoint: PHONE, attributes: {} });
  await running.sns.publish({ topicArn, message: 'It is hot.' });
  expect(running.kept).toMatchObject([{ record: { message: 'GREENHOUSE> It is hot.', topicArn } }]);
});

test('Settings are kept over a restart, and told as they are asked for.', async () => {
  await running.client.send(new SetSMSAttributesCommand({ attributes: { DefaultSenderID: 'Green' } }));
  running.restart();
  const all = await running.client.send(new GetSMSAttributesCommand({}));
  expect(all.attributes).toEqual({ DefaultSenderID: 'Green', MonthlySpendLimit: '1' });
  const one = await running.client.send(new GetSMSAttributesCommand({ attributes: ['DefaultSenderID'] }));
  expect(one.attributes).toEqual({ DefaultSenderID: 'Green' });
  running.sns.reset();
  const none = await running.client.send(new GetSMSAttributesCommand({}));
  expect(none.attributes).toEqual({ MonthlySpendLimit: '1' });
});

test.each([
  [{ DefaultSenderID: '12345' }, 'DefaultSenderID is not a valid attribute'],
  [{ DefaultSenderID: 'twelve chars' }, 'DefaultSenderID is not a valid attribute'],
  [{ DefaultSMSType: 'Spam' }, 'DefaultSMSType is invalid'],
  [{ MonthlySpendLimit: 'much' }, 'MonthlySpendLimit is invalid'],
  [{ UsageReportS3Bucket: 'b' }, 'UsageReportS3Bucket is not a valid attribute; served are DefaultSenderID'],
])('The settings %j are refused.', async (attributes, reason) => {
  await expect(running.client.send(new SetSMSAttributesCommand({ attributes }))).rejects.toThrow(reason);
});

test('Who has opted out gets nothing, which is told, until he has opted in again.', async () => {
  running.sns.optOut(PHONE);
  for (let n = 10; n < 120; n += 1) running.sns.optOut(`+4178000${n}`);
  running.restart();
  const isOptedOut = async (phoneNumber: string): Promise<boolean | undefined> =>
    (await running.client.send(new CheckIfPhoneNumberIsOptedOutCommand({ phoneNumber }))).isOptedOut;
  expect([await isOptedOut(PHONE), await isOptedOut('+41791111111')]).toEqual([true, false]);
  const first = await running.client.send(new ListPhoneNumbersOptedOutCommand({}));
  const rest = await running.client.send(new ListPhoneNumbersOptedOutCommand({ nextToken: first.nextToken }));
  expect([first.phoneNumbers?.length, rest.phoneNumbers?.length, rest.nextToken]).toEqual([
    100,
    11,
    undefined,
  ]);

  const topicArn = running.sns.ensureTopic('t');
  running.sns.ensureSubscription({ topicArn, protocol: 'sms', endpoint: PHONE, attributes: {} });
  const { MessageId } = await publish();
  await running.sns.publish({ topicArn, message: 'x' });
  expect(running.kept).toEqual([]);
  expect(running.logged).toMatchObject([
    { message: 'a text message could not be delivered and is lost', messageId: MessageId },
    {
      message: 'a notification could not be delivered and is lost',
      error: `Phone number is opted out: ${PHONE}`,
    },
  ]);
  expect(running.counted(topicArn)).toMatchObject({ NumberOfNotificationsFailed: 1 });
  await running.client.send(new OptInPhoneNumberCommand({ phoneNumber: PHONE }));
  await publish();
  expect(running.kept).toHaveLength(1);
});

test.each<[string, Partial<PublishCommandInput>, string]>([
  ['to no number', { PhoneNumber: 'mum' }, 'PhoneNumber Reason: input incorrectly formatted'],
  ['that is too long', { Message: 'x'.repeat(1_601) }, 'Message too long'],
  ['to two places', { TopicArn: 'arn' }, 'one of TopicArn, TargetArn and PhoneNumber is needed'],
  [
    'from a sender without a letter',
    { MessageAttributes: { 'AWS.SNS.SMS.SenderID': { DataType: 'String', StringValue: '12' } } },
    'at least one letter',
  ],
  [
    'of another type',
    { MessageAttributes: { 'AWS.SNS.SMS.SMSType': { DataType: 'String', StringValue: 'x' } } },
    'Promotional or Transactional',
  ],
  [
    'for less than nothing',
    { MessageAttributes: { 'AWS.SNS.SMS.MaxPrice': { DataType: 'Number', StringValue: '-1' } } },
    'US dollars',
  ],
])('A text message %s is refused.', async (_what, input, reason) => {
  await expect(publish(input)).rejects.toThrow(reason);
});

test.each([
  ['', 1],
  ['x'.repeat(160), 1],
  ['x'.repeat(161), 2],
  ['x'.repeat(306), 2],
  ['x'.repeat(307), 3],
  ['€'.repeat(80), 1],
  ['€'.repeat(81), 2],
  ['ж'.repeat(70), 1],
  ['ж'.repeat(71), 2],
  ['😀'.repeat(35), 1],
  ['😀'.repeat(36), 2],
  ['grün [ja]', 1],
])('%.40s… is sent as %i messages.', (text, parts) => {
  expect(countParts(text)).toBe(parts);
});

test('A longer text is never sent as fewer messages.', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, more) => {
      expect(countParts(text + more)).toBeGreaterThanOrEqual(countParts(text));
    }),
  );
});

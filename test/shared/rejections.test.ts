import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { describeRejection, RejectedInputError, sendRejection } from '../../shared/rejections.ts';
import { startTestCloud } from '../support/cloud.ts';

const ORIGIN = { functionName: 'probe', requestId: 'r-1', nowMs: Date.parse('2026-01-31T10:00:00Z') };

test.each([undefined, 'value'])(
  'A rejection says why, who, when, and holds the input; field %s.',
  (field) => {
    const error = new RejectedInputError('COLUMN_MISSING', 'it is missing', field);
    expect(error).toMatchObject({ name: 'RejectedInputError', retryable: false });
    expect(describeRejection(error, { a: [1] }, ORIGIN)).toStrictEqual({
      reason: {
        code: 'COLUMN_MISSING',
        message: 'it is missing',
        ...(field === undefined ? {} : { field }),
      },
      function: 'probe',
      requestId: 'r-1',
      rejectedAt: '2026-01-31T10:00:00.000Z',
      input: { a: [1] },
    });
  },
);

test('It is one message of the queue, with its code as an attribute to filter by.', async () => {
  const cloud = await startTestCloud({ resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: {} } } });
  const client = new SQSClient(cloud.sdk);
  try {
    const QueueUrl = cloud.running.resources['Queue'] ?? '';
    const rejection = describeRejection(new RejectedInputError('NOT_AN_OBJECT', 'ä'), null, ORIGIN);
    await sendRejection(client, QueueUrl, rejection);
    const { Messages: messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
    );
    expect(messages.map((one): unknown => JSON.parse(one.Body ?? ''))).toEqual([rejection]);
    expect(messages[0]?.MessageAttributes?.['reason']?.StringValue).toBe('NOT_AN_OBJECT');
    await expect(sendRejection(client, `${QueueUrl}-gone`, rejection)).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
  } finally {
    client.destroy();
    await cloud.stop();
  }
});

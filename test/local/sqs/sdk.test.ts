import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
  TagQueueCommand,
  UntagQueueCommand,
  type QueueAttributeName,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REGION } from '../endpoint/support.ts';
import { ACCOUNT, startSqs } from './support.ts';

let running: Awaited<ReturnType<typeof startSqs>>;
beforeAll(async () => {
  running = await startSqs();
});
afterAll(() => running.close());

let made = 0;
async function newQueue(attributes: Record<string, string> = {}): Promise<string> {
  made += 1;
  const command = new CreateQueueCommand({ QueueName: `queue-${made}`, Attributes: attributes });
  return (await running.client.send(command)).QueueUrl ?? '';
}

function arnOf(queueUrl: string): string {
  return `arn:aws:sqs:${REGION}:${ACCOUNT}:${queueUrl.split('/').at(-1)}`;
}

async function send(QueueUrl: string, MessageBody: string, DelaySeconds?: number): Promise<void> {
  const delay = DelaySeconds === undefined ? {} : { DelaySeconds };
  await running.client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...delay }));
}

async function receive(QueueUrl: string, options: object = {}) {
  const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...options });
  return (await running.client.send(command)).Messages ?? [];
}

async function attributes(QueueUrl: string, ...names: QueueAttributeName[]): Promise<Record<string, string>> {
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: names });
  return (await running.client.send(command)).Attributes ?? {};
}

async function counts(queueUrl: string): Promise<number[]> {
  const found = await attributes(queueUrl, 'All');
  const names = ['', 'NotVisible', 'Delayed'].map((kind) => `ApproximateNumberOfMessages${kind}`);
  return names.map((name) => Number(found[name]));
}

test('A message is received once, with its MD5s, and is gone when it is deleted.', async () => {
  const QueueUrl = await newQueue();
  const sent = await running.client.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: 'grün <&> "ja"',
      MessageAttributes: {
        reason: { DataType: 'String', StringValue: 'NOT_JSON' },
        count: { DataType: 'Number.int', StringValue: '7' },
        raw: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255, 1]) },
      },
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-2-3' } },
    }),
  );
  // The SDK compares MD5OfMessageBody and MD5OfBody itself. The attributes' MD5 is computed by hand in attributes.test.ts.
  expect(sent.MD5OfMessageAttributes).toMatch(/^[0-9a-f]{32}$/);
  const [message] = await receive(QueueUrl, {
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['All'],
  });
  expect(message).toMatchObject({
    MessageId: sent.MessageId,
    Body: 'grün <&> "ja"',
    MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
    MessageAttributes: {
      reason: { DataType: 'String', StringValue: 'NOT_JSON' },
      count: { DataType: 'Number.int', StringValue: '7' },
      raw: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255, 1]) },
    },
    Attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(running.clock.now()),
      SenderId: 'AKIAIOSFODNN7EXAMPLE',
      AWSTraceHeader: 'Root=1-2-3',
    },
  });
  expect(await receive(QueueUrl)).toEqual([]);
  expect(await counts(QueueUrl)).toEqual([0, 1, 0]);
  await running.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
  expect(await counts(QueueUrl)).toEqual([0, 0, 0]);
});

test('A message comes again when its visibility timeout has run out, and only the last receiver deletes it.', async () => {
  const QueueUrl = await newQueue({ VisibilityTimeout: '10' });
  await send(QueueUrl, 'once more');
  const [first] = await receive(QueueUrl);
  running.clock.advance(9_999);
  expect(await receive(QueueUrl)).toEqual([]);
  running.clock.advance(1);
  const [second] = await receive(QueueUrl, { AttributeNames: ['ApproximateReceiveCount'] });
  expect(second).toMatchObject({ MessageId: first?.MessageId, Attributes: { ApproximateReceiveCount: '2' } });
  await running.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }));
  expect(await counts(QueueUrl)).toEqual([0, 1, 0]);
  await running.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: second?.ReceiptHandle }));
  expect(await counts(QueueUrl)).toEqual([0, 0, 0]);
});

test('The visibility of a message that is in flight can be changed.', async () => {
  const QueueUrl = await newQueue();
  await send(QueueUrl, 'a');
  const [message] = await receive(QueueUrl);
  const change = (VisibilityTimeout: number) =>
    running.client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl,
        ReceiptHandle: message?.ReceiptHandle,
        VisibilityTimeout,
      }),
    );
  await change(60);
  running.clock.advance(59_000);
  expect(await receive(QueueUrl)).toEqual([]);
  await expect(change(43_200)).rejects.toThrow('Total VisibilityTimeout');
  await change(0);
  await expect(change(10)).rejects.toMatchObject({ name: 'MessageNotInflight' });
  expect(await receive(QueueUrl)).toHaveLength(1);
});

test('A delayed message is not there before its time.', async () => {
  const QueueUrl = await newQueue({ DelaySeconds: '5' });
  await send(QueueUrl, 'by the queue');
  await send(QueueUrl, 'by itself', 2);
  expect(await counts(QueueUrl)).toEqual([0, 0, 2]);
  running.clock.advance(2_000);
  expect((await receive(QueueUrl)).map(({ Body }) => Body)).toEqual(['by itself']);
  running.clock.advance(3_000);
  expect((await receive(QueueUrl)).map(({ Body }) => Body)).toEqual(['by the queue']);
});

test('A message is dropped when the retention period is over.', async () => {
  const QueueUrl = await newQueue({ MessageRetentionPeriod: '60' });
  await send(QueueUrl, 'old');
  running.clock.advance(59_999);
  expect(await counts(QueueUrl)).toEqual([1, 0, 0]);
  running.clock.advance(1);
  expect(await receive(QueueUrl)).toEqual([]);
  expect(await counts(QueueUrl)).toEqual([0, 0, 0]);
});

test('A message that was received too often goes to the dead-letter queue, as old as it is.', async () => {
  const dead = await newQueue();
  const deadLetterTargetArn = arnOf(dead);
  const QueueUrl = await newQueue({
    VisibilityTimeout: '1',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: '2' }),
  });
  await send(QueueUrl, 'poison');
  const sentAt = running.clock.now();
  for (let times = 0; times < 2; times += 1) {
    expect(await receive(QueueUrl)).toHaveLength(1);
    running.clock.advance(1_000);
  }
  expect(await counts(dead)).toEqual([0, 0, 0]);
  const waiting = receive(dead, { WaitTimeSeconds: 20, MessageSystemAttributeNames: ['All'] });
  expect(await receive(QueueUrl)).toEqual([]);
  expect(await waiting).toMatchObject([
    {
      Body: 'poison',
      Attributes: {
        SentTimestamp: String(sentAt),
        ApproximateReceiveCount: '1',
        DeadLetterQueueSourceArn: arnOf(QueueUrl),
      },
    },
  ]);
});

test('Long polling answers as soon as a message comes, or becomes visible, and else when its time is over.', async () => {
  const QueueUrl = await newQueue({ ReceiveMessageWaitTimeSeconds: '20' });
  const sent = receive(QueueUrl);
  await send(QueueUrl, 'now');
  expect(await sent).toMatchObject([{ Body: 'now' }]);

  await send(QueueUrl, 'later', 3);
  const delayed = receive(QueueUrl, { WaitTimeSeconds: 10 });
  await settle();
  running.clock.advance(3_000);
  expect(await delayed).toMatchObject([{ Body: 'later' }]);

  const none = receive(QueueUrl, { WaitTimeSeconds: 10 });
  await settle();
  running.clock.advance(10_000);
  expect(await none).toEqual([]);
});

test('A receiver that has gone away while it waited takes no message with it.', async () => {
  const QueueUrl = await newQueue();
  const gone = new AbortController();
  const command = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 });
  const waiting = running.client.send(command, { abortSignal: gone.signal });
  await settle();
  gone.abort();
  await expect(waiting).rejects.toThrow('aborted');
  await settle();
  await send(QueueUrl, 'for the next one');
  expect(await receive(QueueUrl)).toHaveLength(1);
});

/** A request that waits is on the other side of a socket: it is given a moment to get there. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}

test('Batches tell for each entry how it went.', async () => {
  const QueueUrl = await newQueue({ MaximumMessageSize: '1024' });
  const sent = await running.client.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: 'one', MessageBody: '1' },
        { Id: 'large', MessageBody: 'x'.repeat(1_025) },
        { Id: 'three', MessageBody: '3', MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } } },
      ],
    }),
  );
  expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['one', 'three']);
  expect(sent.Failed).toMatchObject([{ Id: 'large', SenderFault: true, Code: 'InvalidParameterValue' }]);
  const messages = await receive(QueueUrl);
  const changed = await running.client.send(
    new ChangeMessageVisibilityBatchCommand({
      QueueUrl,
      Entries: messages.map(({ ReceiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle,
        VisibilityTimeout: 100,
      })),
    }),
  );
  expect(changed.Successful).toHaveLength(2);
  const deleted = await running.client.send(
    new DeleteMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: 'good', ReceiptHandle: messages[0]?.ReceiptHandle },
        { Id: 'bad', ReceiptHandle: 'bm90IG91cnM=' },
      ],
    }),
  );
  expect(deleted.Successful).toEqual([{ Id: 'good' }]);
  expect(deleted.Failed).toMatchObject([{ Id: 'bad', Code: 'ReceiptHandleIsInvalid' }]);
  expect(await counts(QueueUrl)).toEqual([0, 1, 0]);
});

test.each([
  ['nothing', [], 'EmptyBatchRequest'],
  ['double ids', ['a', 'a'], 'BatchEntryIdsNotDistinct'],
  ['a wrong id', ['a b'], 'InvalidBatchEntryId'],
  ['too many', Array.from({ length: 11 }, (_, index) => `m${index}`), 'TooManyEntriesInBatchRequest'],
])('A batch of %s is refused.', async (_what, ids, name) => {
  const QueueUrl = await newQueue();
  const Entries = ids.map((Id) => ({ Id, MessageBody: 'x' }));
  const sending = running.client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  await expect(sending).rejects.toMatchObject({ name, Code: `AWS.SimpleQueueService.${name}` });
});

test('A batch may hold 1 MiB together and no more.', async () => {
  const QueueUrl = await newQueue();
  const sendBoth = (length: number) =>
    running.client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: ['a', 'b'].map((Id) => ({ Id, MessageBody: 'x'.repeat(length) })),
      }),
    );
  await sendBoth(524_288);
  await expect(sendBoth(524_289)).rejects.toMatchObject({ name: 'BatchRequestTooLong' });
});

test.each([
  ['an empty body', { MessageBody: '' }, 'MissingParameter'],
  ['no body', {}, 'MissingParameter'],
  ['a control character', { MessageBody: 'a\u0007' }, 'InvalidMessageContents'],
  ['half a character', { MessageBody: 'a\uD800' }, 'InvalidMessageContents'],
  ['too long a delay', { MessageBody: 'a', DelaySeconds: 901 }, 'InvalidParameterValue'],
  ['too much', { MessageBody: 'x'.repeat(1_048_577) }, 'InvalidParameterValue'],
])('A message with %s is refused.', async (_what, message, name) => {
  const queueUrl = await newQueue();
  const response = await fetch(running.url, {
    method: 'POST',
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/sqs/aws4_request',
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.SendMessage',
    },
    body: JSON.stringify({ QueueUrl: queueUrl, ...message }),
  });
  expect(await response.json()).toMatchObject({ __type: name });
  expect(response.status).toBe(400);
});

test('A message of 1 MiB is taken.', async () => {
  const queueUrl = await newQueue();
  await send(queueUrl, 'é'.repeat(524_288));
  expect((await receive(queueUrl))[0]?.Body).toHaveLength(524_288);
});

test('Queues are found by name and listed page by page.', async () => {
  for (const name of ['list-c', 'list-a', 'list-b', 'other_list']) running.sqs.ensureQueue(name);
  const { QueueUrl } = await running.client.send(new GetQueueUrlCommand({ QueueName: 'list-a' }));
  expect(QueueUrl).toBe(`${running.url}/${ACCOUNT}/list-a`);
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const token: { NextToken?: string } = NextToken === undefined ? {} : { NextToken };
    const page = await running.client.send(
      new ListQueuesCommand({ QueueNamePrefix: 'list-', MaxResults: 2, ...token }),
    );
    names.push(...(page.QueueUrls ?? []).map((url) => url.split('/').at(-1) ?? ''));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  expect(names).toEqual(['list-a', 'list-b', 'list-c']);
});

test('A queue that is not there is an error under both of its names.', async () => {
  const getting = running.client.send(new GetQueueUrlCommand({ QueueName: 'nowhere' }));
  await expect(getting).rejects.toMatchObject({
    name: 'QueueDoesNotExist',
    Code: 'AWS.SimpleQueueService.NonExistentQueue',
    $metadata: { httpStatusCode: 400 },
  });
});

test('Creating a queue again gives its URL, unless an attribute differs.', async () => {
  const create = (Attributes: Record<string, string>) =>
    running.client.send(new CreateQueueCommand({ QueueName: 'again', Attributes }));
  await create({ VisibilityTimeout: '5' });
  await create({ VisibilityTimeout: '5', DelaySeconds: '0' });
  await create({});
  await expect(create({ VisibilityTimeout: '6' })).rejects.toMatchObject({ name: 'QueueNameExists' });
});

test('Attributes have their defaults and can be set.', async () => {
  const QueueUrl = await newQueue({ DelaySeconds: '1' });
  running.clock.advance(5_000);
  await running.client.send(
    new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '7', Policy: '{}' } }),
  );
  const all = await attributes(QueueUrl, 'All');
  expect(all).toMatchObject({
    QueueArn: arnOf(QueueUrl),
    VisibilityTimeout: '7',
    DelaySeconds: '1',
    MaximumMessageSize: '1048576',
    MessageRetentionPeriod: '345600',
    ReceiveMessageWaitTimeSeconds: '0',
    Policy: '{}',
  });
  expect(Number(all['LastModifiedTimestamp']) - Number(all['CreatedTimestamp'])).toBe(5);
  expect(await attributes(QueueUrl, 'VisibilityTimeout')).toEqual({ VisibilityTimeout: '7' });
  expect(await attributes(QueueUrl)).toEqual({});
});

test.each([
  ['fifo.fifo', {}, 'UnsupportedOperation'],
  ['queue', { FifoQueue: 'true' }, 'UnsupportedOperation'],
  ['a queue', {}, 'InvalidParameterValue'],
  ['queue', { Colour: 'green' }, 'InvalidAttributeName'],
  ['queue', { VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
  ['queue', { RedrivePolicy: 'no' }, 'InvalidAttributeValue'],
  ['queue', { RedrivePolicy: '{"deadLetterTargetArn":"x","maxReceiveCount":0}' }, 'InvalidAttributeValue'],
  ['queue', { RedrivePolicy: '{"deadLetterTargetArn":"x","maxReceiveCount":1}' }, 'InvalidParameterValue'],
])('The queue "%s" with %j is refused.', async (QueueName, Attributes: Record<string, string>, name) => {
  const creating = running.client.send(new CreateQueueCommand({ QueueName, Attributes }));
  await expect(creating).rejects.toMatchObject({ name });
});

test('A dead-letter queue can refuse to be one.', async () => {
  const target = await newQueue({ RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf(target), maxReceiveCount: 3 });
  await expect(newQueue({ RedrivePolicy })).rejects.toThrow('RedriveAllowPolicy');
});

test('Purging empties a queue, once in 60 seconds; deleting ends it.', async () => {
  const QueueUrl = await newQueue();
  await send(QueueUrl, 'a');
  await running.client.send(new PurgeQueueCommand({ QueueUrl }));
  expect(await counts(QueueUrl)).toEqual([0, 0, 0]);
  const again = running.client.send(new PurgeQueueCommand({ QueueUrl }));
  await expect(again).rejects.toMatchObject({ name: 'PurgeQueueInProgress' });
  running.clock.advance(60_000);
  await running.client.send(new PurgeQueueCommand({ QueueUrl }));
  await running.client.send(new DeleteQueueCommand({ QueueUrl }));
  await expect(send(QueueUrl, 'b')).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
});

test('Queues have tags.', async () => {
  const QueueUrl = await newQueue();
  await running.client.send(new TagQueueCommand({ QueueUrl, Tags: { team: 'green', floor: '3' } }));
  await running.client.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['floor'] }));
  const { Tags } = await running.client.send(new ListQueueTagsCommand({ QueueUrl }));
  expect(Tags).toEqual({ team: 'green' });
});

test('An operation that is not served is named.', async () => {
  const moving = running.client.send(new StartMessageMoveTaskCommand({ SourceArn: 'x' }));
  await expect(moving).rejects.toThrow('The action StartMessageMoveTask is not valid for this endpoint.');
});

test('Messages and queues survive a restart.', async () => {
  const QueueUrl = await newQueue({ VisibilityTimeout: '10' });
  await send(QueueUrl, 'in flight');
  const [taken] = await receive(QueueUrl);
  await send(QueueUrl, 'waiting');
  running.restart();
  expect(await receive(QueueUrl)).toMatchObject([{ Body: 'waiting' }]);
  await running.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: taken?.ReceiptHandle }));
  running.clock.advance(10_000);
  expect(await receive(QueueUrl)).toMatchObject([{ Body: 'waiting' }]);
});

test('Closing lets those go who wait.', async () => {
  const QueueUrl = await newQueue();
  const waiting = receive(QueueUrl, { WaitTimeSeconds: 20 });
  await settle();
  running.restart();
  expect(await waiting).toEqual([]);
});

test('Other parts of the cloud send by URL or by ARN.', async () => {
  const { queueUrl, queueArn } = running.sqs.ensureQueue('inside', { DelaySeconds: '0' });
  running.sqs.ensureQueue('inside', { VisibilityTimeout: '3' });
  await running.sqs.sendMessage({ queueUrl, body: 'by URL' });
  await running.sqs.sendMessage({
    queueArn,
    body: 'by ARN',
    attributes: { why: { DataType: 'String', StringValue: 'so' } },
  });
  const messages = await receive(queueUrl, { MessageAttributeNames: ['w.*', 'why'] });
  expect(messages.map(({ Body }) => Body)).toEqual(['by URL', 'by ARN']);
  expect(messages[1]?.MessageAttributes?.['why']?.StringValue).toBe('so');
  const nowhere = running.sqs.sendMessage({ queueArn: 'arn:aws:sqs:eu-west-1:000000000000:no', body: 'x' });
  await expect(nowhere).rejects.toMatchObject({ code: 'QueueDoesNotExist' });
});

test('Nothing of all this was a failure of the cloud itself.', () => {
  expect(running.failures).toEqual([]);
});

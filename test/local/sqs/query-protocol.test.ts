import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeForm, encodeResult } from '../../../local/sqs/query-protocol.ts';
import { authorization } from '../endpoint/support.ts';
import { ACCOUNT, startSqs } from './support.ts';

let running: Awaited<ReturnType<typeof startSqs>>;
let queueUrl: string;
beforeAll(async () => {
  running = await startSqs();
  ({ queueUrl } = running.sqs.ensureQueue('query'));
});
afterAll(() => running.close());

function texts(xml: string, element: string): string[] {
  return [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, text = '']) => text);
}

test('A queue is created with attributes and tags, and answers to its URL.', async () => {
  const { status, xml } = await running.query({
    Action: 'CreateQueue',
    QueueName: 'by-query',
    'Attribute.1.Name': 'VisibilityTimeout',
    'Attribute.1.Value': '7',
    'Attribute.2.Name': 'DelaySeconds',
    'Attribute.2.Value': '1',
    'Tag.1.Key': 'team',
    'Tag.1.Value': 'green',
  });
  expect(status).toBe(200);
  expect(xml).toContain(
    '<CreateQueueResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><CreateQueueResult>',
  );
  const [url = ''] = texts(xml, 'QueueUrl');
  expect(url).toBe(`${running.url}/${ACCOUNT}/by-query`);
  const asked = await running.query({
    Action: 'GetQueueAttributes',
    QueueUrl: url,
    'AttributeName.1': 'VisibilityTimeout',
    'AttributeName.2': 'QueueArn',
  });
  expect(asked.xml).toContain('<Attribute><Name>VisibilityTimeout</Name><Value>7</Value></Attribute>');
  expect(texts(asked.xml, 'Name')).toEqual(['QueueArn', 'VisibilityTimeout']);
  const tags = await running.query({ Action: 'ListQueueTags' }, `/${ACCOUNT}/by-query`);
  expect(tags.xml).toContain('<Tag><Key>team</Key><Value>green</Value></Tag>');
});

test('A message goes there and back, with attributes, at the queue’s own path.', async () => {
  const at = `/${ACCOUNT}/query`;
  const body = 'a<b>&"c" ü\n';
  const sent = await running.query(
    {
      Action: 'SendMessage',
      MessageBody: body,
      'MessageAttribute.1.Name': 'why',
      'MessageAttribute.1.Value.DataType': 'String',
      'MessageAttribute.1.Value.StringValue': 'so',
      'MessageAttribute.2.Name': 'raw',
      'MessageAttribute.2.Value.DataType': 'Binary',
      'MessageAttribute.2.Value.BinaryValue': '/wA=',
    },
    at,
  );
  const md5 = createHash('md5').update(body).digest('hex');
  expect(texts(sent.xml, 'MD5OfMessageBody')).toEqual([md5]);
  const received = await running.query(
    {
      Action: 'ReceiveMessage',
      'AttributeName.1': 'All',
      'MessageAttributeName.1': 'All',
      MaxNumberOfMessages: '10',
    },
    at,
  );
  expect(received.xml).toContain('<ReceiveMessageResult><Message><MessageId>');
  expect(texts(received.xml, 'MessageId')).toEqual(texts(sent.xml, 'MessageId'));
  expect(texts(received.xml, 'MD5OfBody')).toEqual([md5]);
  expect(texts(received.xml, 'MD5OfMessageAttributes')).toEqual(texts(sent.xml, 'MD5OfMessageAttributes'));
  expect(texts(received.xml, 'Body')).toEqual(['a&lt;b&gt;&amp;&quot;c&quot; ü\n']);
  expect(received.xml).toContain(
    '<MessageAttribute><Name>why</Name><Value><DataType>String</DataType><StringValue>so</StringValue></Value></MessageAttribute>',
  );
  expect(received.xml).toContain(
    '<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>',
  );
  const [ReceiptHandle = ''] = texts(received.xml, 'ReceiptHandle');
  const kept = await running.query(
    { Action: 'ChangeMessageVisibility', ReceiptHandle, VisibilityTimeout: '5' },
    at,
  );
  expect(kept.xml).toMatch(/<ChangeMessageVisibilityResponse [^>]+><ResponseMetadata><RequestId>/);
  expect((await running.query({ Action: 'DeleteMessage', ReceiptHandle }, at)).status).toBe(200);
});

test('Batches are numbered on the way in and repeated on the way out.', async () => {
  const entry = (number: number, field: string) => `SendMessageBatchRequestEntry.${number}.${field}`;
  const { xml } = await running.query({
    Action: 'SendMessageBatch',
    QueueUrl: queueUrl,
    [entry(1, 'Id')]: 'a',
    [entry(1, 'MessageBody')]: 'one',
    [entry(2, 'Id')]: 'b',
    [entry(2, 'MessageBody')]: 'a\u0001',
    [entry(3, 'Id')]: 'c',
    [entry(3, 'MessageBody')]: 'three',
    [entry(3, 'DelaySeconds')]: '900',
  });
  expect(xml.match(/<SendMessageBatchResultEntry>/g)).toHaveLength(2);
  expect(xml).toContain(
    '<BatchResultErrorEntry><Id>b</Id><SenderFault>true</SenderFault><Code>InvalidMessageContents',
  );
});

test('Parameters may stand in the query of a GET.', async () => {
  const response = await fetch(`${running.url}/?Action=GetQueueUrl&QueueName=query`, {
    headers: authorization('sqs'),
  });
  expect(texts(await response.text(), 'QueueUrl')).toEqual([queueUrl]);
});

test.each([
  [{ Action: 'GetQueueUrl', QueueName: 'no' }, 400, 'AWS.SimpleQueueService.NonExistentQueue'],
  [{ Action: 'CreateQueue', QueueName: 'no.fifo' }, 400, 'AWS.SimpleQueueService.UnsupportedOperation'],
  [{ Action: 'AddPermission', QueueName: 'no' }, 400, 'InvalidAction'],
  [{ Action: 'ListQueues', MaxResults: 'many' }, 400, 'InvalidParameterValue'],
  [{ Action: 'SendMessage', QueueUrl: 'query', MessageBody: 'x' }, 404, 'InvalidAddress'],
  [{ Action: 'GetQueueUrl' }, 400, 'MissingParameter'],
  [{}, 400, 'InvalidAction'],
])('%j is answered with %i %s.', async (parameters: Record<string, string>, status, code) => {
  const answer = await running.query(parameters);
  expect(answer.status).toBe(status);
  expect(answer.xml).toContain(`<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code>`);
  expect(answer.xml).toContain('<RequestId>');
});

test('Any form is read, and what was written as numbered pairs comes back as it was.', () => {
  const name = fc.string({ minLength: 1, unit: 'binary' });
  const attributes = fc.dictionary(name, fc.string({ unit: 'binary' }), { maxKeys: 12 });
  fc.assert(
    fc.property(attributes, (given) => {
      const form = new URLSearchParams();
      for (const [index, [key, value]] of Object.entries(given).entries()) {
        form.set(`Attribute.${index + 1}.Name`, key.toWellFormed());
        form.set(`Attribute.${index + 1}.Value`, value.toWellFormed());
      }
      const expected = Object.fromEntries(
        Object.entries(given).map(([key, value]) => [key.toWellFormed(), value.toWellFormed()]),
      );
      const { Attributes = {} } = decodeForm('CreateQueue', form);
      expect(Attributes).toEqual(expected);
    }),
  );
  const parameter = fc.stringMatching(
    /^(Action|Attribute|Tag|SendMessageBatchRequestEntry|QueueUrl)(\.[0-9]|\.Id|\.Name){0,3}$/,
  );
  fc.assert(
    fc.property(fc.dictionary(parameter, fc.string()), fc.string(), (form, action) => {
      decodeForm(action, new URLSearchParams(form));
      encodeResult('SendMessageBatch', decodeForm('SendMessageBatch', new URLSearchParams(form)));
    }),
  );
});

test('Nothing of all this was a failure of the cloud itself.', () => {
  expect(running.failures).toEqual([]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { regionOf } from '../../cli/commands/redrive.ts';
import { redrive, RefusedError, type Queue, type QueueMessage } from '../../cli/redrive/redrive.ts';
import { describeResend, readResend, type Resend, type Unsendable } from '../../cli/redrive/resend.ts';
import { describeRejection, RejectedInputError } from '../../shared/rejections.ts';

const STARTED_AT_MS = Date.parse('2026-01-31T10:00:00Z');
const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:glasshouse-dev-score-anomaly:$LATEST';

function rejectionBody(input: unknown): string {
  const error = new RejectedInputError('KEY_MISSING', 'the key "device" is missing or empty', 'device');
  const origin = { functionName: 'glasshouse-dev-score-anomaly', requestId: 'r-1', nowMs: STARTED_AT_MS };
  return JSON.stringify(describeRejection(error, input, origin));
}

const FAILURE = {
  version: '1.0',
  timestamp: '2026-01-31T09:00:00.000Z',
  requestContext: {
    requestId: 'r-2',
    functionArn: ARN,
    condition: 'RetriesExhausted',
    approximateInvokeCount: 3,
  },
  requestPayload: { device: 'a', value: 1 },
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload: { errorType: 'ContentionError', errorMessage: 'no' },
};

const RULE_ERROR = {
  ruleName: 'glasshouse_dev_detect',
  topic: 'anom/detect',
  cloudwatchTraceId: 't-1',
  clientId: 'device-a',
  base64OriginalPayload: Buffer.from([0x7b, 0x00, 0xff]).toString('base64'),
  failures: [{ failedAction: 'LambdaAction', failedResource: ARN, errorMessage: 'no' }],
};

const CA_ID = 'c'.repeat(64);
const REGISTERED = { certificateId: 'd'.repeat(64), caCertificateId: CA_ID, timestamp: 1 };
const REGISTERED_ERROR = {
  ...RULE_ERROR,
  topic: `$aws/events/certificates/registered/${CA_ID}`,
  base64OriginalPayload: Buffer.from(JSON.stringify(REGISTERED)).toString('base64'),
};
const PRESENCE_ERROR = { ...RULE_ERROR, topic: '$aws/events/presence/connected/lamp-1' };

const unsendable = (topic: string, advice: string): Unsendable => ({
  kind: 'unsendable',
  topic,
  advice: expect.stringContaining(advice),
});

test.each<[name: string, body: string, expected: Resend | Unsendable | undefined]>([
  [
    'a rejection',
    rejectionBody({ value: 1 }),
    { kind: 'invoke', functionName: 'glasshouse-dev-score-anomaly', payload: '{"value":1}' },
  ],
  [
    'a rejection of null',
    rejectionBody(null),
    { kind: 'invoke', functionName: 'glasshouse-dev-score-anomaly', payload: 'null' },
  ],
  [
    'a failed invocation',
    JSON.stringify(FAILURE),
    { kind: 'invoke', functionName: ARN, payload: '{"device":"a","value":1}' },
  ],
  [
    "a rule's error",
    JSON.stringify(RULE_ERROR),
    { kind: 'publish', topic: 'anom/detect', payload: Buffer.from([0x7b, 0x00, 0xff]) },
  ],
  [
    "a rule's error over an empty message",
    JSON.stringify({ ...RULE_ERROR, base64OriginalPayload: '' }),
    { kind: 'publish', topic: 'anom/detect', payload: Buffer.alloc(0) },
  ],
  [
    "a rule's error over the event of a certificate, which its function is to get",
    JSON.stringify(REGISTERED_ERROR),
    { kind: 'invoke', functionName: ARN, payload: JSON.stringify(REGISTERED) },
  ],
  [
    "a rule's error over the event of a certificate that no function refused",
    JSON.stringify({ ...REGISTERED_ERROR, failures: [{ failedAction: 'SqsAction', failedResource: 'q' }] }),
    unsendable(REGISTERED_ERROR.topic, 'when its device next connects'),
  ],
  [
    "a rule's error over an event of a certificate that is no JSON",
    JSON.stringify({ ...REGISTERED_ERROR, base64OriginalPayload: '' }),
    unsendable(REGISTERED_ERROR.topic, 'when its device next connects'),
  ],
  [
    "a rule's error over the coming of a device",
    JSON.stringify(PRESENCE_ERROR),
    unsendable(PRESENCE_ERROR.topic, 'nothing is lost that the next CONNECT of the device does not bring'),
  ],
  [
    "a rule's error over what else AWS IoT publishes",
    JSON.stringify({ ...RULE_ERROR, topic: '$aws/events/job/1/completed' }),
    unsendable('$aws/events/job/1/completed', 'doing again what it is about'),
  ],
  [
    "a rule's error over a message of Basic Ingest",
    JSON.stringify({ ...RULE_ERROR, topic: '$aws/rules/detect/a' }),
    { kind: 'publish', topic: '$aws/rules/detect/a', payload: Buffer.from([0x7b, 0x00, 0xff]) },
  ],
  ['a rejection without its input', rejectionBody(undefined), undefined],
  ['a failure without its payload', JSON.stringify({ ...FAILURE, requestPayload: undefined }), undefined],
  [
    "a rule's error that is not base64",
    JSON.stringify({ ...RULE_ERROR, base64OriginalPayload: '§' }),
    undefined,
  ],
  [
    'a rejection of nobody',
    JSON.stringify({ reason: { code: 'X' }, function: '', requestId: '', input: 1 }),
    undefined,
  ],
  ['text', 'hello', undefined],
  ['nothing', '', undefined],
  ['null', 'null', undefined],
  ['a list', '[]', undefined],
  ['another object', '{"input":1}', undefined],
])('A message of a queue is read: %s.', (_name, body, expected) => {
  expect(readResend(body)).toEqual(expected);
});

test('Any input that was rejected is sent back the same.', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (input) => {
      const resend = readResend(rejectionBody(input));
      expect(resend).toMatchObject({ kind: 'invoke', payload: JSON.stringify(input) });
    }),
  );
});

test('What is done is said in words.', () => {
  const resends = [JSON.stringify(FAILURE), JSON.stringify(RULE_ERROR)].map(readResend);
  const words = resends.map((one) => one && (one.kind === 'unsendable' ? one.advice : describeResend(one)));
  expect(words).toEqual([
    'invoke "glasshouse-dev-score-anomaly:$LATEST"',
    'publish 3 bytes on "anom/detect"',
  ]);
});

test.each([
  ['https://sqs.eu-west-1.amazonaws.com/123456789012/failures', 'eu-west-1'],
  ['https://sqs.cn-north-1.amazonaws.com.cn/123456789012/failures', 'cn-north-1'],
  ['http://127.0.0.1:4566/123456789012/failures', undefined],
])('The region of the queue %s is %s.', (url, region) => {
  expect(regionOf(url)).toBe(region);
});

/** A queue in memory, with what SQS has: what is received is hidden until it is deleted or released. */
class MemoryQueue implements Queue {
  readonly visible: QueueMessage[] = [];
  readonly hidden = new Map<string, QueueMessage>();
  #count = 0;

  put(body: string, sentAtMs = STARTED_AT_MS - 1): void {
    this.#count += 1;
    const id = `m-${this.#count}`;
    this.visible.push({ id, receiptHandle: id, body, sentAtMs });
  }

  async receive(maximum: number): Promise<readonly QueueMessage[]> {
    const taken = this.visible.splice(0, maximum);
    for (const message of taken) this.hidden.set(message.id, message);
    return taken;
  }

  async delete({ id }: QueueMessage): Promise<void> {
    this.hidden.delete(id);
  }

  async release(message: QueueMessage): Promise<void> {
    this.hidden.delete(message.id);
    this.visible.push(message);
  }
}

interface Given {
  readonly queue: MemoryQueue;
  readonly send?: (resend: Resend) => Promise<void>;
  readonly limit?: number;
  readonly dryRun?: boolean;
}

async function runRedrive({ queue, send, limit = Infinity, dryRun = false }: Given) {
  const sent: Resend[] = [];
  const lines: string[] = [];
  const count = await redrive({
    queue,
    send: async (resend) => {
      await send?.(resend);
      sent.push(resend);
    },
    startedAtMs: STARTED_AT_MS,
    limit,
    dryRun,
    report: async (line) => void lines.push(line),
  });
  return { count, sent, lines };
}

test('Everything known is sent and deleted; what is not known stays and is named.', async () => {
  const queue = new MemoryQueue();
  for (let index = 0; index < 25; index += 1) queue.put(rejectionBody({ index }));
  queue.put('what is this');
  queue.put(JSON.stringify(RULE_ERROR));
  const { count, sent, lines } = await runRedrive({ queue });
  expect(count).toEqual({ sent: 26, unknown: 1, refused: 0, newer: 0 });
  expect(sent).toHaveLength(26);
  expect(queue.visible.map(({ body }) => body)).toEqual(['what is this']);
  expect(queue.hidden.size).toBe(0);
  expect(lines).toContain('left m-26: it is no rejection, no failed invocation and no failed rule');
});

test('What fails again and comes back is not sent twice.', async () => {
  const queue = new MemoryQueue();
  queue.put(rejectionBody({}));
  const { count, sent } = await runRedrive({
    queue,
    send: async () => queue.put(rejectionBody({}), STARTED_AT_MS),
  });
  expect(count).toEqual({ sent: 1, unknown: 0, refused: 0, newer: 1 });
  expect(sent).toHaveLength(1);
  expect(queue.visible.map(({ id }) => id)).toEqual(['m-2']);
});

test('A limit is kept to the message.', async () => {
  const queue = new MemoryQueue();
  for (let index = 0; index < 30; index += 1) queue.put(rejectionBody({ index }));
  const { count } = await runRedrive({ queue, limit: 12 });
  expect(count.sent).toBe(12);
  expect(queue.visible).toHaveLength(18);
  expect(queue.hidden.size).toBe(0);
});

test('A dry run sends nothing and leaves everything.', async () => {
  const queue = new MemoryQueue();
  for (let index = 0; index < 15; index += 1) queue.put(rejectionBody({ index }));
  const { count, sent, lines } = await runRedrive({ queue, dryRun: true });
  expect(count.sent).toBe(15);
  expect(sent).toEqual([]);
  expect(lines[0]).toBe('would invoke "glasshouse-dev-score-anomaly" (m-1)');
  expect(queue.visible).toHaveLength(15);
});

test('One that is refused stays; the others go.', async () => {
  const queue = new MemoryQueue();
  queue.put(rejectionBody({ index: 0 }));
  queue.put(rejectionBody({ index: 1 }));
  const { count, lines } = await runRedrive({
    queue,
    send: async (resend) => {
      if (resend.kind === 'invoke' && resend.payload.includes('0'))
        throw new RefusedError('Function not found');
    },
  });
  expect(count).toEqual({ sent: 1, unknown: 0, refused: 1, newer: 0 });
  expect(lines.join('\n')).toContain('was refused: Function not found');
  expect(queue.visible.map(({ id }) => id)).toEqual(['m-1']);
});

test.each([false, true])(
  "What only AWS IoT may publish stays with advice; a certificate's event goes to its function (dry run: %s).",
  async (dryRun) => {
    const queue = new MemoryQueue();
    queue.put(JSON.stringify(PRESENCE_ERROR));
    queue.put(JSON.stringify(REGISTERED_ERROR));
    const { count, sent, lines } = await runRedrive({ queue, dryRun });
    expect(count).toEqual({ sent: 1, unknown: 0, refused: 1, newer: 0 });
    expect(sent).toMatchObject(dryRun ? [] : [{ kind: 'invoke', functionName: ARN }]);
    expect(lines).toContainEqual(
      'left m-1: nothing can be sent to "$aws/events/presence/connected/lamp-1": only AWS IoT itself may publish ' +
        'there; nothing is lost that the next CONNECT of the device does not bring; it may be deleted from the queue',
    );
    const left = queue.visible.map(({ id }) => id).toSorted();
    expect(left).toEqual(dryRun ? ['m-1', 'm-2'] : ['m-1']);
  },
);

test('When nothing goes it stops, and every message is in the queue again.', async () => {
  const queue = new MemoryQueue();
  for (let index = 0; index < 25; index += 1) queue.put(rejectionBody({ index }));
  const send = async () => {
    throw new Error('connect ECONNREFUSED');
  };
  await expect(runRedrive({ queue, send })).rejects.toThrow('ECONNREFUSED');
  expect(queue.visible).toHaveLength(25);
  expect(queue.hidden.size).toBe(0);
});

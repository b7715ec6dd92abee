import type { XmlContent, XmlElements } from '../endpoint/xml.ts';

/**
 * The older protocol of SQS: parameters come as a form (`Attribute.1.Name=…`), answers are XML. Operations
 * work in the shape of the JSON protocol; the tables here say how a value of that shape is written in the other.
 */
type Shape =
  | Plain
  /** A list is not wrapped: `element.1`, `element.2`, … and `<element>` again and again. */
  | { readonly element: string; readonly list: Plain }
  /** A map is a list of pairs whose halves are named `key` and `value`. */
  | { readonly element: string; readonly key: string; readonly value: string; readonly map: Plain };

type Plain = 'text' | 'integer' | Members;

interface Members {
  readonly members: Readonly<Record<string, Shape>>;
}

const attributeValue: Plain = { members: { DataType: 'text', StringValue: 'text', BinaryValue: 'text' } };
const pairs = { key: 'Name', value: 'Value' };
const messageAttributes: Shape = { element: 'MessageAttribute', ...pairs, map: attributeValue };
const systemAttributes: Shape = { element: 'MessageSystemAttribute', ...pairs, map: attributeValue };
const queueAttributes: Shape = { element: 'Attribute', ...pairs, map: 'text' };
const names = (element: string): Shape => ({ element, list: 'text' });
const entries = (element: string, members: Members['members']): Shape => ({ element, list: { members } });

const SEND = {
  MessageBody: 'text',
  DelaySeconds: 'integer',
  MessageAttributes: messageAttributes,
  MessageSystemAttributes: systemAttributes,
  MessageGroupId: 'text',
  MessageDeduplicationId: 'text',
} as const;
const CHANGE = { ReceiptHandle: 'text', VisibilityTimeout: 'integer' } as const;
const tags: Shape = { element: 'Tag', key: 'Key', value: 'Value', map: 'text' };

const INPUTS: Readonly<Record<string, Members['members']>> = {
  CreateQueue: { QueueName: 'text', Attributes: queueAttributes, tags },
  GetQueueUrl: { QueueName: 'text', QueueOwnerAWSAccountId: 'text' },
  ListQueues: { QueueNamePrefix: 'text', MaxResults: 'integer', NextToken: 'text' },
  GetQueueAttributes: { AttributeNames: names('AttributeName') },
  SetQueueAttributes: { Attributes: queueAttributes },
  TagQueue: { Tags: tags },
  UntagQueue: { TagKeys: names('TagKey') },
  SendMessage: SEND,
  SendMessageBatch: { Entries: entries('SendMessageBatchRequestEntry', { Id: 'text', ...SEND }) },
  ReceiveMessage: {
    MaxNumberOfMessages: 'integer',
    VisibilityTimeout: 'integer',
    WaitTimeSeconds: 'integer',
    AttributeNames: names('AttributeName'),
    MessageSystemAttributeNames: names('MessageSystemAttributeName'),
    MessageAttributeNames: names('MessageAttributeName'),
  },
  DeleteMessage: { ReceiptHandle: 'text' },
  DeleteMessageBatch: {
    Entries: entries('DeleteMessageBatchRequestEntry', { Id: 'text', ReceiptHandle: 'text' }),
  },
  ChangeMessageVisibility: CHANGE,
  ChangeMessageVisibilityBatch: {
    Entries: entries('ChangeMessageVisibilityBatchRequestEntry', { Id: 'text', ...CHANGE }),
  },
};

/** How the members of answers are named in XML, where not as in JSON. */
const batchFailed: Shape = {
  element: 'BatchResultErrorEntry',
  list: { members: { Id: 'text', SenderFault: 'text', Code: 'text', Message: 'text' } },
};
const SENT = {
  Id: 'text',
  MessageId: 'text',
  MD5OfMessageBody: 'text',
  MD5OfMessageAttributes: 'text',
  MD5OfMessageSystemAttributes: 'text',
} as const;
const batchAnswer = (element: string): Members['members'] => ({
  Successful: entries(element, SENT),
  Failed: batchFailed,
});

const OUTPUTS: Readonly<Record<string, Members['members']>> = {
  CreateQueue: { QueueUrl: 'text' },
  GetQueueUrl: { QueueUrl: 'text' },
  ListQueues: { QueueUrls: names('QueueUrl'), NextToken: 'text' },
  GetQueueAttributes: { Attributes: queueAttributes },
  ListQueueTags: { Tags: tags },
  SendMessage: SENT,
  SendMessageBatch: batchAnswer('SendMessageBatchResultEntry'),
  ReceiveMessage: {
    Messages: entries('Message', {
      MessageId: 'text',
      ReceiptHandle: 'text',
      MD5OfBody: 'text',
      Body: 'text',
      Attributes: queueAttributes,
      MD5OfMessageAttributes: 'text',
      MessageAttributes: messageAttributes,
    }),
  },
  DeleteMessageBatch: batchAnswer('DeleteMessageBatchResultEntry'),
  ChangeMessageVisibilityBatch: batchAnswer('ChangeMessageVisibilityBatchResultEntry'),
};

/** Numbered parameters end here; no request of SQS has as many. */
const MAX_NUMBERED = 1_000;

/**
 * Reads an operation's input out of a form. What is missing or wrong is left for the operation to refuse.
 */
export function decodeForm(operation: string, form: URLSearchParams): Record<string, unknown> {
  return decodeMembers({ QueueUrl: 'text', ...INPUTS[operation] }, form, '');
}

function decodeMembers(
  members: Members['members'],
  form: URLSearchParams,
  prefix: string,
): Record<string, unknown> {
  const decoded = Object.entries(members).map(([name, shape]): [string, unknown] => {
    const wireName = typeof shape === 'object' && 'element' in shape ? shape.element : name;
    return [name, decode(shape, form, prefix + wireName)];
  });
  return Object.fromEntries(decoded.filter(([, value]) => value !== undefined));
}

function decode(shape: Shape, form: URLSearchParams, path: string): unknown {
  if (shape === 'text') return form.get(path) ?? undefined;
  if (shape === 'integer') {
    const text = form.get(path) ?? undefined;
    return text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  }
  if ('members' in shape) {
    const members = decodeMembers(shape.members, form, `${path}.`);
    return Object.keys(members).length === 0 ? undefined : members;
  }
  const items: unknown[] = [];
  const keys: string[] = [];
  for (let number = 1; number <= MAX_NUMBERED; number += 1) {
    const at = `${path}.${number}`;
    const item =
      'list' in shape ? decode(shape.list, form, at) : decode(shape.map, form, `${at}.${shape.value}`);
    const key = 'list' in shape ? '' : (form.get(`${at}.${shape.key}`) ?? undefined);
    if (item === undefined || key === undefined) break;
    items.push(item);
    keys.push(key);
  }
  if (items.length === 0) return undefined;
  return 'list' in shape ? items : Object.fromEntries(keys.map((key, index) => [key, items[index]]));
}

/** An operation's answer as the elements of its `…Result`; undefined when the operation answers nothing. */
export function encodeResult(operation: string, output: object): XmlElements | undefined {
  const members = OUTPUTS[operation];
  return members === undefined ? undefined : encodeMembers(members, output);
}

function encodeMembers(members: Members['members'], value: object): XmlElements {
  const given = new Map<string, unknown>(Object.entries(value));
  const elements: Record<string, XmlContent | readonly XmlContent[]> = {};
  for (const [name, shape] of Object.entries(members)) {
    const item = given.get(name);
    if (item === undefined) continue;
    const wireName = typeof shape === 'object' && 'element' in shape ? shape.element : name;
    elements[wireName] = encode(shape, item);
  }
  return elements;
}

function encode(shape: Shape, value: unknown): XmlContent | readonly XmlContent[] {
  if (typeof shape === 'string' || 'members' in shape) return encodePlain(shape, value);
  const given = typeof value === 'object' && value !== null ? value : {};
  if ('list' in shape) return Object.values(given).map((item: unknown) => encodePlain(shape.list, item));
  return Object.entries(given).map(([key, item]: [string, unknown]) => ({
    [shape.key]: key,
    [shape.value]: encodePlain(shape.map, item),
  }));
}

function encodePlain(shape: Plain, value: unknown): XmlContent {
  if (typeof shape === 'string' || typeof value !== 'object' || value === null) return String(value);
  return encodeMembers(shape.members, value);
}

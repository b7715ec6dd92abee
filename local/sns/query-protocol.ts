import type { XmlContent, XmlElements } from '../endpoint/xml.ts';

/**
 * The protocol of SNS: parameters come as a form, answers are XML. Lists are numbered below `member`, maps below
 * `entry`; the tables say which operation has which.
 */
type Shape = 'text' | Members | { readonly list: Shape } | MapShape;

interface Members {
  readonly members: Readonly<Record<string, Shape>>;
}

interface MapShape {
  readonly map: Shape;
  readonly key: string;
  readonly value: string;
}

const attributes: MapShape = { map: 'text', key: 'key', value: 'value' };
const messageAttributes: MapShape = {
  map: { members: { DataType: 'text', StringValue: 'text', BinaryValue: 'text' } },
  key: 'Name',
  value: 'Value',
};
const tags: Shape = { list: { members: { Key: 'text', Value: 'text' } } };

const MESSAGE = {
  Message: 'text',
  Subject: 'text',
  MessageStructure: 'text',
  MessageAttributes: messageAttributes,
  MessageGroupId: 'text',
  MessageDeduplicationId: 'text',
} as const;

const INPUTS: Readonly<Record<string, Members['members']>> = {
  CreateTopic: { Name: 'text', Attributes: attributes, Tags: tags, DataProtectionPolicy: 'text' },
  DeleteTopic: { TopicArn: 'text' },
  ListTopics: { NextToken: 'text' },
  GetTopicAttributes: { TopicArn: 'text' },
  SetTopicAttributes: { TopicArn: 'text', AttributeName: 'text', AttributeValue: 'text' },
  TagResource: { ResourceArn: 'text', Tags: tags },
  UntagResource: { ResourceArn: 'text', TagKeys: { list: 'text' } },
  ListTagsForResource: { ResourceArn: 'text' },
  Subscribe: {
    TopicArn: 'text',
    Protocol: 'text',
    Endpoint: 'text',
    Attributes: attributes,
    ReturnSubscriptionArn: 'text',
  },
  ConfirmSubscription: { TopicArn: 'text', Token: 'text', AuthenticateOnUnsubscribe: 'text' },
  Unsubscribe: { SubscriptionArn: 'text' },
  ListSubscriptions: { NextToken: 'text' },
  ListSubscriptionsByTopic: { TopicArn: 'text', NextToken: 'text' },
  GetSubscriptionAttributes: { SubscriptionArn: 'text' },
  SetSubscriptionAttributes: { SubscriptionArn: 'text', AttributeName: 'text', AttributeValue: 'text' },
  AddPermission: {
    TopicArn: 'text',
    Label: 'text',
    AWSAccountId: { list: 'text' },
    ActionName: { list: 'text' },
  },
  RemovePermission: { TopicArn: 'text', Label: 'text' },
  SetSMSAttributes: { attributes },
  GetSMSAttributes: { attributes: { list: 'text' } },
  CheckIfPhoneNumberIsOptedOut: { phoneNumber: 'text' },
  ListPhoneNumbersOptedOut: { nextToken: 'text' },
  OptInPhoneNumber: { phoneNumber: 'text' },
  Publish: { TopicArn: 'text', TargetArn: 'text', PhoneNumber: 'text', ...MESSAGE },
  PublishBatch: {
    TopicArn: 'text',
    PublishBatchRequestEntries: { list: { members: { Id: 'text', ...MESSAGE } } },
  },
};

const subscriptions: Shape = {
  list: {
    members: { SubscriptionArn: 'text', Owner: 'text', Protocol: 'text', Endpoint: 'text', TopicArn: 'text' },
  },
};

const OUTPUTS: Readonly<Record<string, Members['members']>> = {
  CreateTopic: { TopicArn: 'text' },
  ListTopics: { Topics: { list: { members: { TopicArn: 'text' } } }, NextToken: 'text' },
  GetTopicAttributes: { Attributes: attributes },
  TagResource: {},
  UntagResource: {},
  ListTagsForResource: { Tags: tags },
  Subscribe: { SubscriptionArn: 'text' },
  ConfirmSubscription: { SubscriptionArn: 'text' },
  ListSubscriptions: { Subscriptions: subscriptions, NextToken: 'text' },
  ListSubscriptionsByTopic: { Subscriptions: subscriptions, NextToken: 'text' },
  GetSubscriptionAttributes: { Attributes: attributes },
  SetSMSAttributes: {},
  GetSMSAttributes: { attributes },
  CheckIfPhoneNumberIsOptedOut: { isOptedOut: 'text' },
  ListPhoneNumbersOptedOut: { phoneNumbers: { list: 'text' }, nextToken: 'text' },
  OptInPhoneNumber: {},
  Publish: { MessageId: 'text' },
  PublishBatch: {
    Successful: { list: { members: { Id: 'text', MessageId: 'text' } } },
    Failed: { list: { members: { Id: 'text', Code: 'text', Message: 'text', SenderFault: 'text' } } },
  },
};

/** Numbered parameters end here; no request of SNS has as many. */
const MAX_NUMBERED = 1_000;

/** Reads an operation's input out of a form. What is missing or wrong is left for the operation to refuse. */
export function decodeForm(operation: string, form: URLSearchParams): Record<string, unknown> {
  return decodeMembers(INPUTS[operation] ?? {}, form, '');
}

function decodeMembers(
  members: Members['members'],
  form: URLSearchParams,
  prefix: string,
): Record<string, unknown> {
  const decoded = Object.entries(members).map(([name, shape]): [string, unknown] => [
    name,
    decode(shape, form, prefix + name),
  ]);
  return Object.fromEntries(decoded.filter(([, value]) => value !== undefined));
}

function decode(shape: Shape, form: URLSearchParams, path: string): unknown {
  if (shape === 'text') return form.get(path) ?? undefined;
  if ('members' in shape) {
    const members = decodeMembers(shape.members, form, `${path}.`);
    return Object.keys(members).length === 0 ? undefined : members;
  }
  if ('list' in shape) {
    const items: unknown[] = [];
    for (let number = 1; number <= MAX_NUMBERED; number += 1) {
      const item = decode(shape.list, form, `${path}.member.${number}`);
      if (item === undefined) break;
      items.push(item);
    }
    return items.length === 0 ? undefined : items;
  }
  const entries: [string, unknown][] = [];
  for (let number = 1; number <= MAX_NUMBERED; number += 1) {
    const key = form.get(`${path}.entry.${number}.${shape.key}`);
    if (key === null) break;
    entries.push([key, decode(shape.map, form, `${path}.entry.${number}.${shape.value}`)]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** An operation's answer as the elements of its `…Result`; undefined when the operation answers nothing. */
export function encodeResult(operation: string, output: object): XmlElements | undefined {
  const members = OUTPUTS[operation];
  return members === undefined ? undefined : encodeMembers(members, output);
}

function encodeMembers(members: Members['members'], value: object): XmlElements {
  const given = new Map<string, unknown>(Object.entries(value));
  const elements: Record<string, XmlContent> = {};
  for (const [name, shape] of Object.entries(members)) {
    const item = given.get(name);
    if (item !== undefined) elements[name] = encode(shape, item);
  }
  return elements;
}

function encode(shape: Shape, value: unknown): XmlContent {
  if (typeof value !== 'object' || value === null || shape === 'text') return String(value);
  if ('members' in shape) return encodeMembers(shape.members, value);
  if ('list' in shape)
    return { member: Object.values(value).map((item: unknown) => encode(shape.list, item)) };
  return {
    entry: Object.entries(value).map(([key, item]: [string, unknown]) => ({
      [shape.key]: key,
      [shape.value]: encode(shape.map, item),
    })),
  };
}

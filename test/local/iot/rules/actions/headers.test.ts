import { expect, test } from 'vitest';
import { actionBench, ROLE } from './bench.ts';

async function republished(Headers: object, payload: unknown = {}) {
  const bench = actionBench([{ Republish: { Topic: 'out', Headers, RoleArn: ROLE } }]);
  const failures = await bench.send(payload);
  return { message: bench.calls[0]?.value, failures };
}

test('Headers travel as properties of MQTT 5, their templates filled in.', async () => {
  const { message, failures } = await republished(
    {
      PayloadFormatIndicator: 'UTF8_DATA',
      ContentType: '${type}',
      ResponseTopic: 'answers/${topic(2)}',
      CorrelationData: '${id}',
      MessageExpiry: '${seconds}',
      UserProperties: [
        { Key: 'device', Value: '${topic(2)}' },
        { Key: 'device', Value: 'twice' },
      ],
    },
    { type: 'application/json', id: 'cXVlc3Rpb24gMQ==', seconds: 60 },
  );
  expect(failures).toEqual([]);
  expect(message).toMatchObject({
    topic: 'out',
    properties: {
      payloadFormatIndicator: true,
      contentType: 'application/json',
      responseTopic: 'answers/b',
      correlationData: Buffer.from('question 1'),
      messageExpirySeconds: 60,
      userProperties: [
        ['device', 'b'],
        ['device', 'twice'],
      ],
    },
  });
});

test('A header that is empty for a message is left out; an expiry of more than a week is a week.', async () => {
  const { message } = await republished({
    PayloadFormatIndicator: 'UNSPECIFIED_BYTES',
    ContentType: '${missing}',
    ResponseTopic: '${missing}',
    MessageExpiry: '9999999999',
  });
  expect(message).toHaveProperty('properties', {
    payloadFormatIndicator: false,
    messageExpirySeconds: 604_800,
  });
});

test('Without headers a message has no properties.', async () => {
  const bench = actionBench([{ Republish: { Topic: 'out', RoleArn: ROLE } }]);
  await bench.send({}, { properties: { contentType: 'text/plain' } });
  expect(bench.calls[0]?.value).not.toHaveProperty('properties');
});

test.each<[object, string]>([
  [{ PayloadFormatIndicator: '${x}' }, 'PayloadFormatIndicator "bad#" is none of'],
  [{ ResponseTopic: '${x}' }, 'ResponseTopic "bad#"'],
  [{ CorrelationData: '${x}' }, 'CorrelationData "bad#" is not base64'],
  [{ MessageExpiry: '${x}' }, 'MessageExpiry "bad#" is no whole number of seconds'],
])('The header %j fails when it cannot be.', async (headers, reason) => {
  const { message, failures } = await republished(headers, { x: 'bad#' });
  expect(message).toBeUndefined();
  expect(failures).toMatchObject([
    { failedAction: 'RepublishAction', errorMessage: expect.stringContaining(reason) },
  ]);
});

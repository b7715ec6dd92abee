import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderXml } from '../../../local/endpoint/xml.ts';
import { decodeForm, encodeResult } from '../../../local/sns/query-protocol.ts';

test('Lists are numbered below member, maps below entry.', () => {
  const form = new URLSearchParams({
    TopicArn: 'arn',
    'Attributes.entry.1.key': 'RawMessageDelivery',
    'Attributes.entry.1.value': 'true',
    'PublishBatchRequestEntries.member.1.Id': 'a',
    'PublishBatchRequestEntries.member.1.MessageAttributes.entry.1.Name': 'x',
    'PublishBatchRequestEntries.member.1.MessageAttributes.entry.1.Value.DataType': 'String',
    'PublishBatchRequestEntries.member.1.MessageAttributes.entry.1.Value.StringValue': '1',
    'PublishBatchRequestEntries.member.3.Id': 'a gap ends a list',
  });
  expect(decodeForm('Subscribe', form)).toEqual({
    TopicArn: 'arn',
    Attributes: { RawMessageDelivery: 'true' },
  });
  expect(decodeForm('PublishBatch', form)).toEqual({
    TopicArn: 'arn',
    PublishBatchRequestEntries: [
      { Id: 'a', MessageAttributes: { x: { DataType: 'String', StringValue: '1' } } },
    ],
  });
  expect(decodeForm('Unknown', form)).toEqual({});
});

test('Answers are written as the SDK reads them.', () => {
  const xml = (operation: string, output: object) =>
    renderXml('R', encodeResult(operation, output) ?? {}).split('\n')[1];
  expect(xml('ListTopics', { Topics: [{ TopicArn: 'a' }, { TopicArn: 'b' }], NextToken: 't' })).toBe(
    '<R><Topics><member><TopicArn>a</TopicArn></member><member><TopicArn>b</TopicArn></member></Topics>' +
      '<NextToken>t</NextToken></R>',
  );
  expect(xml('GetTopicAttributes', { Attributes: { Owner: '<&>' } })).toBe(
    '<R><Attributes><entry><key>Owner</key><value>&lt;&amp;&gt;</value></entry></Attributes></R>',
  );
  expect(encodeResult('DeleteTopic', {})).toBeUndefined();
});

test('Any form is read, and what was written as a map comes back as it was.', () => {
  const text = fc.string({ unit: 'binary' }).map((one) => one.toWellFormed());
  fc.assert(
    fc.property(fc.dictionary(text, text, { maxKeys: 12 }), (attributes) => {
      const form = new URLSearchParams();
      for (const [index, [key, value]] of Object.entries(attributes).entries()) {
        form.set(`Attributes.entry.${index + 1}.key`, key);
        form.set(`Attributes.entry.${index + 1}.value`, value);
      }
      const { Attributes = {} } = decodeForm('CreateTopic', form);
      expect(new Map(Object.entries(Object(Attributes)))).toEqual(new Map(Object.entries(attributes)));
    }),
  );
  const parameter = fc.stringMatching(
    /^(Tags|Attributes|PublishBatchRequestEntries)(\.(member|entry|[0-9]|Id|key)){0,4}$/,
  );
  fc.assert(
    fc.property(
      fc.dictionary(parameter, fc.string()),
      fc.constantFrom('CreateTopic', 'PublishBatch', 'x'),
      (form, action) => {
        decodeForm(action, new URLSearchParams(form));
      },
    ),
  );
});

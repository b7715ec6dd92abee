import { expect, test } from 'vitest';
import type { SqlValue } from '../../../../../local/iot/rules/sql/values.ts';
import { contextOf } from '../message.ts';
import { call } from './support.ts';

const context = contextOf(
  {},
  {
    topic: 'foo/bar/baz',
    accountId: '123456789012',
    clientId: 'dev1',
    principal: 'ba67293a',
    sourceIp: '192.158.1.38',
    traceId: '12345678-1234-1234-1234-123456789012',
    nowMs: 1_481_825_251_155,
    mqtt5: {
      payloadFormatIndicator: 'UTF8_DATA',
      contentType: 'application/json',
      responseTopic: 'reply/1',
      correlationData: 'YWJj',
      userProperties: [
        ['some key', 'some value'],
        ['other key', 'a different value'],
        ['some key', 'value with duplicate key'],
      ],
    },
  },
);

test.each<[name: string, operands: SqlValue[], result: SqlValue]>([
  ['topic', [], 'foo/bar/baz'],
  ['topic', [1], 'foo'],
  ['topic', ['3'], 'baz'],
  ['topic', [2.9], 'bar'],
  ['topic', [0], undefined],
  ['topic', [4], undefined],
  ['topic', [undefined], undefined],
  ['accountid', [], '123456789012'],
  ['clientid', [], 'dev1'],
  ['principal', [], 'ba67293a'],
  ['sourceip', [], '192.158.1.38'],
  ['traceid', [], '12345678-1234-1234-1234-123456789012'],
  ['sql_version', [], '2016-03-23'],
  ['timestamp', [], 1_481_825_251_155],
  ['rand', [], 0.5],
  ['newuuid', [], '00000000-0000-4000-8000-000000000000'],
  ['get_mqtt_property', ['format_indicator'], 'UTF8_DATA'],
  ['get_mqtt_property', ['content_type'], 'application/json'],
  ['get_mqtt_property', ['response_topic'], 'reply/1'],
  ['get_mqtt_property', ['correlation_data'], 'YWJj'],
  ['get_mqtt_property', ['some_invalid_name'], undefined],
  ['get_mqtt_property', [5], undefined],
  ['get_user_properties', ['some key'], ['some value', 'value with duplicate key']],
  ['get_user_properties', ['none'], undefined],
  ['get_user_properties', [null], undefined],
])('%s(%j) is %j.', (name, operands, result) => {
  expect(call(name, operands, { context })).toEqual(result);
});

test('A message that did not come over MQTT has no client, no trace and no properties.', () => {
  expect(call('clientid', [])).toBe('n/a');
  expect(call('traceid', [])).toBeUndefined();
  expect(call('get_mqtt_property', ['content_type'])).toBeUndefined();
  expect(call('get_user_properties', ['some key'])).toBeUndefined();
});

test('sql_version() is the one of the rule.', () => {
  expect(call('sql_version', [], { version: '2015-10-08' })).toBe('2015-10-08');
});

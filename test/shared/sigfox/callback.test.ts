import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCallback } from '../../../shared/sigfox/callback.ts';
import { readCallbackType } from '../../../shared/sigfox/callback-type.ts';
import { normaliseDeviceId } from '../../../shared/sigfox/device-id.ts';

const NOW_MS = Date.UTC(2026, 0, 31, 10);
const TIME = NOW_MS / 1000 - 5;
const PARAMETERS = { seed: 20_260_131, numRuns: 500 };

/** The body that the AWS IoT connector's documentation gives, as today's network fills it in. */
const CONNECTOR_BODY = {
  device: '00A1B2C3',
  data: '09C4AABB',
  time: String(TIME),
  snr: '{snr}',
  station: '',
  avgSnr: 'null',
  lat: null,
  lng: '{lng}',
  rssi: '-118.00',
  seqNumber: '4095',
};

test('The body of the AWS IoT connector is read, its dead variables told apart from values.', () => {
  expect(readCallback(CONNECTOR_BODY, NOW_MS)).toEqual({
    kind: 'uplink',
    device: 'A1B2C3',
    deviceAsSent: '00A1B2C3',
    timeMs: TIME * 1000,
    seqNumber: 4095,
    data: '09c4aabb',
    ack: false,
    reception: { rssi: -118 },
    custom: {},
    unreadable: [],
  });
});

test('Quoted or not, a body is the same message.', () => {
  const unquoted = { ...CONNECTOR_BODY, time: TIME, seqNumber: 4095, rssi: -118, station: undefined };
  expect(readCallback(unquoted, NOW_MS)).toEqual(readCallback(CONNECTOR_BODY, NOW_MS));
});

test('What the sender adds is kept as its own, and an unreadable extra is named and costs nothing else.', () => {
  const body = {
    ...CONNECTOR_BODY,
    temperature: '21.5',
    nested: { a: [1, null] },
    snr: 'loud',
    absent: '{x}',
  };
  expect(readCallback(body, NOW_MS)).toMatchObject({
    custom: { temperature: '21.5', nested: { a: [1, null] } },
    unreadable: ['snr'],
  });
  expect(readCallback(body, NOW_MS)).not.toHaveProperty('custom.absent');
});

test('A message may carry nothing at all.', () => {
  expect(readCallback({ device: 'A1', time: TIME, data: '' }, NOW_MS)).toMatchObject({ data: '' });
});

test.each([
  [{ callback: 'DATA_ADVANCED', data: '00' }, 'data-advanced'],
  [{ callback: 'Bidir' }, 'bidir'],
  [{ data: '00', snr: '1' }, 'uplink'],
  [{ data: '00', ack: 'true' }, 'bidir'],
  [{ data: '00', computedLocation: {} }, 'data-advanced'],
  [{ batt: 3.1, temp: 20 }, 'status'],
  [{ infoCode: 0 }, 'acknowledge'],
  [{ lat: 1, lng: 2, radius: 3, geolocSource: 'x' }, 'geoloc'],
  [{ info: 'keep-alive', severity: 'WARN' }, 'error'],
  [{ eventType: 'SEQUENCE_BREAK', severity: 'WARN' }, 'event'],
])('%o is a callback of the type %s.', (variables, type) => {
  expect(readCallbackType(variables)).toBe(type);
});

test('DATA_ADVANCED is read with its lists and objects, also where they were put into quotes.', () => {
  const duplicates = [{ bsId: '1A2B', nbRep: 3, rssi: -120, snr: 12.5 }];
  const computedLocation = { lat: 47.9, lng: 1.9, radius: 2500, source: 2, status: 1 };
  const whole = {
    device: 'A1',
    time: TIME,
    seqNumber: 7,
    lqi: 'GOOD',
    linkQuality: 2,
    duplicates,
    computedLocation,
  };
  const quoted = {
    ...whole,
    duplicates: JSON.stringify(duplicates),
    computedLocation: JSON.stringify(computedLocation),
    fixedLat: '{fixedLat}',
  };
  const expected = {
    kind: 'completion',
    callback: 'data-advanced',
    reception: { lqi: 'GOOD', linkQuality: 2, duplicates },
    computedLocation,
  };
  expect(readCallback(whole, NOW_MS)).toMatchObject(expected);
  expect(readCallback(quoted, NOW_MS)).toEqual(readCallback(whole, NOW_MS));
});

test.each([
  [
    { callback: 'acknowledge', infoCode: '0', infoMessage: 'Acked', downlinkAck: 'true' },
    { infoCode: 0, downlinkAck: true },
  ],
  [
    { callback: 'geoloc', lat: '1.5', lng: '2', radius: '3', geolocSource: '2' },
    { computedLocation: { lat: 1.5, lng: 2, radius: 3, source: '2' } },
  ],
  [
    { callback: 'status', batt: '3.1', temp: '20' },
    { callback: 'status', source: 'A1', variables: { batt: '3.1', temp: '20' } },
  ],
  [
    { callback: 'repeater', counter: 5 },
    { callback: 'repeater', variables: { counter: 5 } },
  ],
  [
    { callback: 'error', info: 'keep-alive', severity: 'ERROR' },
    { callback: 'error', variables: { severity: 'ERROR' } },
  ],
])('%o is read.', (variables, expected) => {
  expect(readCallback({ device: 'A1', time: TIME, ...variables }, NOW_MS)).toMatchObject(expected);
});

test("An event without a device is its group's.", () => {
  const event = { callback: 'event', time: TIME, eventType: 'FIRST_MESSAGE', groupId: 'g1', sourceId: 'A1' };
  expect(readCallback(event, NOW_MS)).toMatchObject({ source: 'group:g1', variables: { groupId: 'g1' } });
});

const UPLINK = { device: 'A1', time: TIME, data: '00', seqNumber: 1 };

test.each([
  [{ hello: 'world' }, 'CALLBACK_UNKNOWN'],
  [{ ...UPLINK, callback: 'downlink' }, 'CALLBACK_UNKNOWN'],
  [{ ...UPLINK, device: '{device}' }, 'DEVICE_MISSING'],
  [{ ...UPLINK, device: '1G' }, 'DEVICE_UNREADABLE'],
  [{ ...UPLINK, device: '123456789' }, 'DEVICE_UNREADABLE'],
  [{ ...UPLINK, device: 'a/#' }, 'DEVICE_UNREADABLE'],
  [{ ...UPLINK, time: '' }, 'TIME_MISSING'],
  [{ ...UPLINK, time: 'noon' }, 'TIME_UNREADABLE'],
  [{ ...UPLINK, time: -1 }, 'TIME_UNREADABLE'],
  [{ ...UPLINK, time: TIME + 2 * 86_400 }, 'TIME_AHEAD'],
  [{ ...UPLINK, seqNumber: 4096 }, 'SEQUENCE_UNREADABLE'],
  [{ ...UPLINK, seqNumber: 'x' }, 'SEQUENCE_UNREADABLE'],
  [{ ...UPLINK, seqNumber: 1.5 }, 'SEQUENCE_UNREADABLE'],
  [{ ...UPLINK, data: '{data}' }, 'DATA_MISSING'],
  [{ ...UPLINK, data: '0' }, 'DATA_NOT_HEX'],
  [{ ...UPLINK, data: 'zz' }, 'DATA_NOT_HEX'],
  [{ ...UPLINK, data: '00'.repeat(13) }, 'DATA_TOO_LONG'],
  [{ ...UPLINK, callback: 'acknowledge' }, 'INFO_CODE_MISSING'],
  [{ ...UPLINK, deep: JSON.parse('[[[[[[[[[[1]]]]]]]]]]') as unknown }, 'NESTED_TOO_DEEP'],
  [{ ...UPLINK, custom: { '': 1 } }, 'NAME_EMPTY'],
  [
    Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`data${index}`, 1]).concat([['data', 1]])),
    'TOO_MANY_VARIABLES',
  ],
])('%o is refused: %s.', (variables, code) => {
  expect(() => readCallback(variables, NOW_MS)).toThrow(
    expect.objectContaining({ name: 'RejectedInputError', code, retryable: false }),
  );
});

test.each([
  ['a1b2', 'A1B2'],
  ['0000A1B2', 'A1B2'],
  ['00000000', '0'],
  ['', undefined],
  ['A1B2C3D4E', undefined],
  ['A 1', undefined],
])('The device %o is named %o.', (id, expected) => {
  expect(normaliseDeviceId(id)).toBe(expected);
});

test(`Whatever arrives is read or rejected with a code, and nothing else happens (seed ${PARAMETERS.seed}).`, () => {
  const names = [
    'device',
    'time',
    'data',
    'seqNumber',
    'ack',
    'callback',
    'infoCode',
    'lqi',
    'duplicates',
    'x',
  ];
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('A1', '{snr}', '', 'null', 'uplink', '__proto__', TIME, '00ff'),
  );
  const message = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value);
  fc.assert(
    fc.property(message, (variables) => {
      try {
        const callback = readCallback(variables, NOW_MS);
        expect(Number.isInteger(callback.timeMs)).toBe(true);
      } catch (error) {
        expect(error).toMatchObject({ name: 'RejectedInputError', code: expect.stringMatching(/^[A-Z_]+$/) });
      }
    }),
    PARAMETERS,
  );
});

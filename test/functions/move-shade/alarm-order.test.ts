import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isNotification, parseAlarm } from '../../../functions/move-shade/alarm-order.ts';
import { readMoveShadeEnvironment } from '../../../functions/move-shade/environment.ts';
import { RejectedInputError } from '../../../shared/rejections.ts';

const SHADE = 'glasshouse-dev-Trigger_SunShade_Open';
const REOPEN = 'glasshouse-dev-Trigger_SunShade_Close';
const ALARMS = { zone: 'north', shadeAlarm: SHADE, reopenAlarm: REOPEN };

const alarm = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  AlarmName: SHADE,
  NewStateValue: 'ALARM',
  NewStateReason: 'Threshold Crossed: 15 datapoints were greater than or equal to the threshold (1.0).',
  StateChangeTime: '2026-06-01T12:15:00.250+0000',
  ...changes,
});

const event = (message: unknown) => ({
  Records: [
    {
      EventSource: 'aws:sns',
      Sns: { Message: typeof message === 'string' ? message : JSON.stringify(message) },
    },
  ],
});

test('An alarm asks for a position of the zone, with its reason and for five minutes.', () => {
  const createdAtMs = Date.UTC(2026, 5, 1, 12, 15, 0, 250);
  expect(parseAlarm(event(alarm()), ALARMS)).toEqual({
    zone: 'north',
    target: 'shaded',
    reason: 'alarm',
    why: `${SHADE}: Threshold Crossed: 15 datapoints were greater than or equal to the threshold (1.0).`,
    attempt: 1,
    createdAtMs,
    expiresAtMs: createdAtMs + 300_000,
  });
});

test('The name of the alarm says where the shade goes, so that no alarm sends both codes.', () => {
  expect(parseAlarm(event(alarm()), ALARMS)?.target).toBe('shaded');
  expect(parseAlarm(event(alarm({ AlarmName: REOPEN })), ALARMS)?.target).toBe('open');
});

test.each(['OK', 'INSUFFICIENT_DATA'])('An alarm that becomes %s asks for nothing.', (NewStateValue) => {
  expect(parseAlarm(event(alarm({ NewStateValue })), ALARMS)).toBeUndefined();
});

test('The sample event is one of its kind.', () => {
  const file = path.join(import.meta.dirname, '../../../events/move-shade.alarm.json');
  const sample: unknown = JSON.parse(readFileSync(file, 'utf8'));
  expect(isNotification(sample)).toBe(true);
  expect(parseAlarm(sample, ALARMS)).toMatchObject({
    target: 'shaded',
    createdAtMs: Date.UTC(2026, 5, 1, 12, 15),
  });
  expect(isNotification({ zone: 'north', sequence: 1 })).toBe(false);
});

test.each([
  ['an alarm of something else', event(alarm({ AlarmName: 'disk-full' })), 'ALARM_UNKNOWN', 'AlarmName'],
  ['no JSON', event('the shade, please'), 'ALARM_UNREADABLE', 'Records.0.Sns.Message'],
  ['an unknown state', event(alarm({ NewStateValue: 'RED' })), 'ALARM_UNREADABLE', 'NewStateValue'],
  ['no time', event(alarm({ StateChangeTime: 'noon' })), 'ALARM_UNREADABLE', 'StateChangeTime'],
  [
    'a time of another zone',
    event(alarm({ StateChangeTime: '2026-06-01T12:15:00.250+0200' })),
    'ALARM_UNREADABLE',
    '',
  ],
  ['no reason', event(alarm({ NewStateReason: undefined })), 'ALARM_UNREADABLE', 'NewStateReason'],
  ['no record', { Records: [] }, 'ALARM_UNREADABLE', 'Records'],
  [
    'two records',
    { Records: [...event(alarm()).Records, ...event(alarm()).Records] },
    'ALARM_UNREADABLE',
    'Records',
  ],
  ['a queue’s event', { Records: [{ eventSource: 'aws:sqs', body: '{}' }] }, 'ALARM_UNREADABLE', 'Records.0'],
] as const)('A notification with %s is rejected by name.', (_what, input, code, field) => {
  const parsing = () => parseAlarm(input, ALARMS);
  expect(parsing).toThrow(expect.objectContaining({ name: 'RejectedInputError', code }));
  try {
    parsing();
  } catch (error) {
    expect(error instanceof RejectedInputError && String(error.data['field'])).toContain(field);
  }
});

test('Where watch-lux decides, no alarm moves the shade.', () => {
  expect(() => parseAlarm(event(alarm()), undefined)).toThrow(
    expect.objectContaining({ code: 'ALARMS_OFF' }),
  );
});

test('Whatever comes by SNS is an order, nothing, or a rejection.', () => {
  const value = fc.oneof(fc.string(), fc.json(), fc.constantFrom('ALARM', 'OK', SHADE, REOPEN));
  const message = fc.record(
    { AlarmName: value, NewStateValue: value, NewStateReason: value, StateChangeTime: value },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        message.map((one) => event({ ...alarm(), ...one })),
        fc.anything(),
      ),
      (input) => {
        try {
          const order = parseAlarm(input, ALARMS);
          if (order === undefined) return;
          expect(order.zone).toBe('north');
          expect(order.why.length).toBeLessThanOrEqual(1_023);
          expect(Number.isFinite(order.createdAtMs)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(RejectedInputError);
        }
      },
    ),
  );
});

test('The alarms stand in the environment, or none do.', () => {
  const tables = { COMMANDS_TABLE: 'c', SHADES_TABLE: 's', REJECTIONS_QUEUE_URL: 'q' };
  expect(readMoveShadeEnvironment({ ...tables, ALARMS_ZONE: 'none' })).not.toHaveProperty('alarms');
  expect(readMoveShadeEnvironment(tables)).not.toHaveProperty('alarms');
  const named = { ...tables, ALARMS_ZONE: 'north', SHADE_ALARM: SHADE, REOPEN_ALARM: REOPEN };
  expect(readMoveShadeEnvironment(named).alarms).toEqual(ALARMS);
  expect(() => readMoveShadeEnvironment({ ...tables, ALARMS_ZONE: 'north' })).toThrow('SHADE_ALARM');
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileJavaTimePattern } from '../../../../../local/iot/rules/sql/functions/date-time/java-time-pattern.ts';
import { compileJodaPattern } from '../../../../../local/iot/rules/sql/functions/date-time/joda-pattern.ts';
import { readJodaZone } from '../../../../../local/iot/rules/sql/functions/date-time/joda-zone.ts';
import type { SqlValue } from '../../../../../local/iot/rules/sql/values.ts';
import { call } from './support.ts';

const INSTANT = 1_481_825_251_155;
const BEFORE_CHRIST = -70_000_000_000_000;

function format(pattern: string, instantMs: number, zoneId = 'UTC'): string {
  const zone = readJodaZone(zoneId);
  if (zone === undefined) throw new Error(`no zone: ${zoneId}`);
  return compileJodaPattern(pattern)(instantMs, zone);
}

/** Results of Joda-Time, for 2016-12-15 18:07:31.155 and for 250 BC. */
test.each<[pattern: string, now: string, beforeChrist: string]>([
  ['G', 'AD', 'BC'],
  ['C', '20', '2'],
  ['CCC', '020', '002'],
  ['Y', '2016', '250'],
  ['YY', '16', '49'],
  ['YYYYY', '02016', '00250'],
  ['x', '2016', '-249'],
  ['xx', '16', '49'],
  ['xxxx', '2016', '-0249'],
  ['w', '50', '41'],
  ['e', '4', '5'],
  ['ee', '04', '05'],
  ['E', 'Thu', 'Fri'],
  ['EEEE', 'Thursday', 'Friday'],
  ['y', '2016', '-249'],
  ['yy', '16', '49'],
  ['yyyyy', '02016', '-00249'],
  ['D', '350', '288'],
  ['DDDD', '0350', '0288'],
  ['M', '12', '10'],
  ['MMM', 'Dec', 'Oct'],
  ['MMMMM', 'December', 'October'],
  ['ddd', '015', '015'],
  ['a', 'PM', 'PM'],
  ['K', '6', '7'],
  ['h', '6', '7'],
  ['H', '18', '19'],
  ['k', '18', '19'],
  ['m', '7', '33'],
  ['s', '31', '20'],
  ['S', '1', '0'],
  ['SS', '15', '00'],
  ['SSSSSS', '155000', '000000'],
  ["'it''s'", "it's", "it's"],
  ["''", "'", "'"],
  ["'abc", 'abc', 'abc'],
  ["h 'o''clock'", "6 o'clock", "7 o'clock"],
  ['[yyyy]{#}', '[2016]{#}', '[-0249]{#}'],
  ["yyyy-MM-dd'T'HH:mm:ss.SSSZZ", '2016-12-15T18:07:31.155+00:00', '-0249-10-15T19:33:20.000+00:00'],
])('%j writes %j, and %j.', (pattern, now, beforeChrist) => {
  expect(format(pattern, INSTANT)).toBe(now);
  expect(format(pattern, BEFORE_CHRIST)).toBe(beforeChrist);
});

test.each([
  ['UTC', 'UTC', 'Coordinated Universal Time', '+0000', '+00:00', 'UTC'],
  ['America/Belize', 'CST', 'Central Standard Time', '-0600', '-06:00', 'America/Belize'],
  ['Europe/Berlin', 'CET', 'Central European Standard Time', '+0100', '+01:00', 'Europe/Berlin'],
  ['Europe/London', 'GMT', 'Greenwich Mean Time', '+0000', '+00:00', 'Europe/London'],
  ['Asia/Kathmandu', 'NPT', 'Nepal Time', '+0545', '+05:45', 'Asia/Kathmandu'],
  ['Australia/Sydney', 'AEDT', 'Australian Eastern Daylight Time', '+1100', '+11:00', 'Australia/Sydney'],
  ['+01:00', '+01:00', '+01:00', '+0100', '+01:00', '+01:00'],
  ['-08', '-08:00', '-08:00', '-0800', '-08:00', '-08:00'],
  ['+0530', '+05:30', '+05:30', '+0530', '+05:30', '+05:30'],
  ['UTC-03:30', '-03:30', '-03:30', '-0330', '-03:30', '-03:30'],
  ['Etc/GMT+5', '-05:00', '-05:00', '-0500', '-05:00', 'Etc/GMT+5'],
])('In the zone %s it is %s.', (zoneId, ...written) => {
  expect(['z', 'zzzz', 'Z', 'ZZ', 'ZZZ'].map((pattern) => format(pattern, INSTANT, zoneId))).toEqual(written);
});

test('Summer time has its own name.', () => {
  const july = 1_500_000_000_000;
  expect(format('z zzzz Z', july, 'Europe/Berlin')).toBe('CEST Central European Summer Time +0200');
  expect(format('z', july, 'America/New_York')).toBe('EDT');
});

test.each<[operands: SqlValue[], text: SqlValue]>([
  [["yyyy.MM.dd G 'at' HH:mm:ss z", 100_000_000, 'America/Belize'], '1970.01.01 AD at 21:46:40 CST'],
  [["yyyy.MM.dd G 'at' HH:mm:ss z", 100_000_000], '1970.01.02 AD at 03:46:40 UTC'],
  [['yyyy', '0'], '1970'],
  [['yyyy', 0.9], '1970'],
  [['HH:mm', -1], '23:59'],
  [['yyyy', 'abc'], undefined],
  [['yyyy', true], undefined],
  [['yyyy', null], undefined],
  [[null, 0], undefined],
  [['yyyy', '1E18'], undefined],
  [['yyyy', 0, 'Mars/Base'], undefined],
  [['yyyy', 0, 'america/belize'], undefined],
  [['yyyy', 0, 'PST'], undefined],
  [['yyyy', 0, '+1'], undefined],
  [['yyyy', 0, null], undefined],
  [['yyyy', 0, undefined], undefined],
])('parse_time(%j) is %j.', (operands, text) => {
  expect(call('parse_time', operands)).toBe(text);
});

test.each([
  ['q', 'the letter q'],
  ['yyyy-MM-dd n', 'the letter n'],
  ['XXX', 'the letter X'],
  ['', 'nothing'],
  ['y'.repeat(1_001), '1001 characters'],
])('The pattern %j is refused by name.', (pattern, part) => {
  expect(() => compileJodaPattern(pattern)).toThrow(
    expect.objectContaining({ code: 'PATTERN_NOT_SERVED', message: expect.stringContaining(part) }),
  );
});

const instants = fc.integer({ min: -2_208_988_800_000, max: 4_102_444_800_000 });

/** Each keeps the whole instant, to its unit in milliseconds. */
test.each([
  ["yyyy-MM-dd'T'HH:mm:ss.SSSZZ", "yyyy-MM-dd'T'HH:mm:ss.SSSxxx", 1],
  ['yyyyMMddHHmmssSSSZ', 'yyyyMMddHHmmssSSSxx', 1],
  ['EEEE, d MMMM y G h:mm:ss a ZZZ', 'EEEE, d MMMM y G h:mm:ss a VV', 1_000],
  ['yyyy DDD k:m:s.S Z', 'yyyy DDD k:m:s.S Z', 100],
  ['EEE d MMM yyyy KK:mm a ZZ', 'EEE d MMM yyyy KK:mm a [XXX][xxx]', 60_000],
])('What %j writes, %j reads.', (written, read, unitMs) => {
  const zones = fc.constantFrom('UTC', 'Asia/Kolkata', 'America/Belize', 'Africa/Lagos', '-09:30', '+14:00');
  fc.assert(
    fc.property(instants, zones, (instantMs, zoneId) => {
      const whole = Math.floor(instantMs / unitMs) * unitMs;
      fc.pre((readJodaZone(zoneId)?.offsetMsAt(whole) ?? 0) % 60_000 === 0);
      expect(compileJavaTimePattern(read)(format(written, whole, zoneId))).toBe(whole);
    }),
    { numRuns: 300 },
  );
});

test('An instant that is read in a zone has the local time that it was read from, but in a gap.', () => {
  const zones = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'America/Sao_Paulo',
  );
  const read = compileJavaTimePattern('yyyy-MM-dd HH:mm VV');
  fc.assert(
    fc.property(instants, zones, (localMs, zoneId) => {
      const text = format('yyyy-MM-dd HH:mm', localMs);
      const instantMs = read(`${text} ${zoneId}`) ?? NaN;
      const moved = Date.parse(`${format('yyyy-MM-dd HH:mm', instantMs, zoneId).replace(' ', 'T')}Z`);
      const gapMs = moved - Date.parse(`${text.replace(' ', 'T')}Z`);
      expect([0, 1_800_000, 3_600_000]).toContain(gapMs);
    }),
    { numRuns: 300 },
  );
});

test('Whatever text is a pattern, it is written or refused by name.', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), instants, (pattern, instantMs) => {
      try {
        expect(format(pattern, instantMs)).toBeTypeOf('string');
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'PATTERN_NOT_SERVED' });
      }
    }),
    { numRuns: 2_000 },
  );
});

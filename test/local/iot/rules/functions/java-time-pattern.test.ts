import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileJavaTimePattern } from '../../../../../local/iot/rules/sql/functions/date-time/java-time-pattern.ts';
import { call } from './support.ts';

/** Results of java.time; a text without a time is midnight, one without a zone UTC, as the AWS examples show. */
test.each<[pattern: string, text: string, instantMs: number | undefined]>([
  ['yyyy-MM-dd HH:mm:ss VV', '2020-04-03 09:45:18 UTC+01:00', 1_585_903_518_000],
  ['dd MMMM yyyy', '18 December 2015', 1_450_396_800_000],
  ['yyyy-MM-dd HH:mm:ss.SSS z', '2007-12-03 10:15:30.592 America/Los_Angeles', 1_196_705_730_592],
  ["yyyy-MM-dd'T'HH:mm:ss.SSS", '2016-12-15T18:07:31.155', 1_481_825_251_155],
  ['yyyyMMddHHmmssSSS', '20161215180731155', 1_481_825_251_155],
  ['yy-M-d', '16-12-5', 1_480_896_000_000],
  ['uuuu-MM-dd', '-0001-03-01', -62_193_657_600_000],
  ['yyyy-MM-dd G', '0002-03-01 BC', -62_193_657_600_000],
  ['yyyy-MM-dd GGGG', '0002-03-01 Before Christ', -62_193_657_600_000],
  ['y-M-d', '12345-1-1', 327_403_382_400_000],
  ['yyyy-MM-dd', '12345-01-01', undefined],
  ['yyyy-MM-dd', '+12345-01-01', 327_403_382_400_000],
  ['yyyy-MM-dd', '2020-02-31', 1_582_934_400_000],
  ['yyyy-MM-dd', '2020-02-32', undefined],
  ['yyyy-MM-dd', '2020-13-01', undefined],
  ['yyyy-MM-dd', '2020-2-1', undefined],
  ['yyyy-DDD', '2020-366', 1_609_372_800_000],
  ['yyyy-DDD', '2019-366', undefined],
  ['yyyyDDD', '2020060', 1_582_934_400_000],
  ['EEEE, d MMM yyyy', 'Thursday, 15 Dec 2016', 1_481_760_000_000],
  ['EEE, d MMM yyyy', 'Fri, 15 Dec 2016', undefined],
  ["YYYY-'W'ww-E", '2016-W51-Thu', 1_481_760_000_000],
  ['YYYY w e', '2017 1 1', 1_483_228_800_000],
  ['yyyy-MM W E', '2016-12 3 Thu', 1_481_760_000_000],
  ['yyyy-MM-dd QQQ', '2016-12-15 Q4', 1_481_760_000_000],
  ['yyyy-MM-dd Q', '2016-12-15 3', undefined],
  ['yyyy-MM-dd hh:mm a', '2016-12-15 12:30 AM', 1_481_761_800_000],
  ['yyyy-MM-dd h:mm a', '2016-12-15 12:30 PM', 1_481_805_000_000],
  ['yyyy-MM-dd KK:mm a', '2016-12-15 00:30 PM', 1_481_805_000_000],
  ['yyyy-MM-dd hh:mm a', '2016-12-15 13:30 PM', undefined],
  ['yyyy-MM-dd kk:mm', '2016-12-15 24:30', 1_481_761_800_000],
  ['yyyy-MM-dd HH:mm', '2016-12-15 24:00', 1_481_846_400_000],
  ['yyyy-MM-dd HH:mm', '2016-12-15 24:01', undefined],
  ['yyyy-MM-dd HH', '2016-12-15 18', 1_481_824_800_000],
  ['yyyy-MM-dd ss', '2016-12-15 18', undefined],
  ['yyyy-MM-dd mm:ss', '2016-12-15 18:18', undefined],
  ['yyyy-MM-dd A', '2016-12-15 65251155', 1_481_825_251_155],
  ['yyyy-MM-dd N', '2016-12-15 65251155000000', 1_481_825_251_155],
  ['yyyy-MM-dd HH:mm:ss n', '2016-12-15 18:07:31 155000000', 1_481_825_251_155],
  ['yyyy-MM-dd HH:mm:ss.SSSSSSSSS', '2016-12-15 18:07:31.155999999', 1_481_825_251_155],
  ['yyyy-MM-dd HH:mm:ssX', '2016-12-15 18:07:31Z', 1_481_825_251_000],
  ['yyyy-MM-dd HH:mm:ssX', '2016-12-15 18:07:31+0530', 1_481_805_451_000],
  ['yyyy-MM-dd HH:mm:ssXX', '2016-12-15 18:07:31-0800', 1_481_854_051_000],
  ['yyyy-MM-dd HH:mm:ssXXX', '2016-12-15 18:07:31+05:30', 1_481_805_451_000],
  ['yyyy-MM-dd HH:mm:ssXXXXX', '2016-12-15 18:07:31+05:30:15', 1_481_805_436_000],
  ['yyyy-MM-dd HH:mm:ssxxx', '2016-12-15 18:07:31Z', undefined],
  ['yyyy-MM-dd HH:mm:ssx', '2016-12-15 18:07:31+01', 1_481_821_651_000],
  ['yyyy-MM-dd HH:mm:ssZ', '2016-12-15 18:07:31+0100', 1_481_821_651_000],
  ['yyyy-MM-dd HH:mm:ssZZZZ', '2016-12-15 18:07:31GMT+01:00', 1_481_821_651_000],
  ['yyyy-MM-dd HH:mm:ssZZZZZ', '2016-12-15 18:07:31Z', 1_481_825_251_000],
  ['yyyy-MM-dd HH:mm O', '2016-12-15 18:07 GMT+8', 1_481_796_420_000],
  ['yyyy-MM-dd HH:mm OOOO', '2016-12-15 18:07 GMT-08:00', 1_481_854_020_000],
  ['yyyy-MM-dd HH:mm O', '2016-12-15 18:07 GMT', 1_481_825_220_000],
  ['yyyy-MM-dd HH:mm z', '2016-12-15 18:07 PST', 1_481_854_020_000],
  ['yyyy-MM-dd HH:mm z', '2016-07-15 18:07 PST', 1_468_631_220_000],
  ['yyyy-MM-dd HH:mm zzzz', '2016-12-15 18:07 Central European Standard Time', 1_481_821_620_000],
  ['yyyy-MM-dd HH:mm z', '2016-12-15 18:07 UTC', 1_481_825_220_000],
  ['yyyy-MM-dd HH:mm z', '2016-07-15 18:07 BST', 1_468_602_420_000],
  ['yyyy-MM-dd HH:mm VV', '2016-07-15 18:07 BST', undefined],
  ['yyyy-MM-dd HH:mm z', '2016-12-15 18:07 +02:00', 1_481_818_020_000],
  ['yyyy-MM-dd HH:mm VV', '2016-12-15 18:07 Europe/Berlin', 1_481_821_620_000],
  ['yyyy-MM-dd HH:mm VV', '2016-03-27 02:30 Europe/Berlin', 1_459_042_200_000],
  ['yyyy-MM-dd HH:mm VV', '2016-10-30 02:30 Europe/Berlin', 1_477_787_400_000],
  ['yyyy-MM-dd HH:mm VV', '2016-12-15 18:07 Z', 1_481_825_220_000],
  ['yyyy-MM-dd HH:mm VV', '2016-12-15 18:07 Mars/Base', undefined],
  ['yyyy-MM-dd HH:mm VV', '2016-12-15 18:07 GMT-3', undefined],
  ['yyyy-MM-dd HH:mm[:ss]', '2016-12-15 18:07', 1_481_825_220_000],
  ['yyyy-MM-dd HH:mm[:ss]', '2016-12-15 18:07:31', 1_481_825_251_000],
  ['yyyy-MM-dd[ HH:mm[:ss[.SSS]]]', '2016-12-15', 1_481_760_000_000],
  ['yyyy-MM-dd ppH:mm', '2016-12-15  9:07', 1_481_792_820_000],
  ["yyyy-MM-dd 'o''clock' HH", "2016-12-15 o'clock 07", 1_481_785_200_000],
  ['yyyy-MM-dd F', '2016-12-15 1', 1_481_760_000_000],
  ['yyyy-MM-dd F', '2016-12-15 2', undefined],
  ['yyyy-MM-dd yyyy', '2016-12-15 2017', undefined],
  ['yyyy-MM-dd', '2016-12-15x', undefined],
  ['yyyy-MM-dd MMM', '2016-12-15 dec', undefined],
  ['yyyy-MM-dd', ' 2016-12-15', undefined],
  ['HH:mm', '18:07', undefined],
  ['yyyy-MM', '2016-12', undefined],
])('%j reads %j: %j.', (pattern, text, instantMs) => {
  expect(call('time_to_epoch', [text, pattern])).toBe(instantMs);
});

test.each([
  ['yyyy-MM-dd b', 'b, which java.time has not'],
  ['yyyy-MM-dd {', '{, which java.time has not'],
  ['yyyy-MM-dd #', '#, which java.time has not'],
  ['yyyy-MM-dd vvvv', 'the letter v'],
  ['ggg', 'the letter g'],
  ['MMMMM', 'the letter M 5 times'],
  ['ddd', 'the letter d 3 times'],
  ['V', 'the letter V 1 times'],
  ['aa', 'the letter a 2 times'],
  ['SSSSSSSSSS', 'the letter S 10 times'],
  ["yyyy 'at", 'a quote that is not closed'],
  ['yyyy]', 'a ] without ['],
  ['pp', 'the letter p without'],
  ['['.repeat(30), 'a deeper ['],
])('The pattern %j is refused by name.', (pattern, part) => {
  expect(() => compileJavaTimePattern(pattern)).toThrow(
    expect.objectContaining({ code: 'PATTERN_NOT_SERVED', message: expect.stringContaining(part) }),
  );
});

test('Operands that are no Strings are converted, and without a conversion it is Undefined.', () => {
  expect(call('time_to_epoch', [20_161_215, 'yyyyMMdd'])).toBe(1_481_760_000_000);
  for (const nothing of [null, undefined]) {
    expect(call('time_to_epoch', [nothing, 'yyyy'])).toBeUndefined();
    expect(call('time_to_epoch', ['2016', nothing])).toBeUndefined();
  }
});

test('Whatever text is a pattern, it is compiled or refused by name; and whatever it reads is a number.', () => {
  const pattern = fc.string({
    unit: fc.constantFrom(..."yyMMddHHmmssSSaEGzZXVVxOpDQwWYen[]'-: Tq{".split('')),
    maxLength: 20,
  });
  const text = fc.string({ unit: fc.constantFrom(...'0123456789-:+ TZGMTADUC'.split('')), maxLength: 20 });
  fc.assert(
    fc.property(pattern, text, (letters, subject) => {
      try {
        const instantMs = compileJavaTimePattern(letters)(subject);
        if (instantMs !== undefined) expect(Number.isSafeInteger(instantMs)).toBe(true);
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'PATTERN_NOT_SERVED' });
      }
    }),
    { numRuns: 1_000 },
  );
});

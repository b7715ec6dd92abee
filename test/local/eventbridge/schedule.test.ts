import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextFireTime } from '../../../local/eventbridge/index.ts';

/** 2026-11-21 is a Saturday. */
const NOW = '2026-11-21T09:30:00Z';

function next(expression: string, after = NOW): string | undefined {
  const ms = nextFireTime(expression, Date.parse(after));
  return ms === undefined ? undefined : new Date(ms).toISOString().replace(':00.000Z', 'Z');
}

test.each([
  // The examples of EventBridge's own reference.
  ['cron(0 10 * * ? *)', '2026-11-21T10:00Z'],
  ['cron(15 12 * * ? *)', '2026-11-21T12:15Z'],
  ['cron(0 18 ? * MON-FRI *)', '2026-11-23T18:00Z'],
  ['cron(0 8 1 * ? *)', '2026-12-01T08:00Z'],
  ['cron(0/15 * * * ? *)', '2026-11-21T09:45Z'],
  ['cron(0/10 * ? * MON-FRI *)', '2026-11-23T00:00Z'],
  ['cron(0/5 8-17 ? * MON-FRI *)', '2026-11-23T08:00Z'],
  ['cron(0/30 20-23,0-2 ? * MON-FRI *)', '2026-11-23T00:00Z'],
  // Every field, and every sign.
  ['cron(* * * * ? *)', '2026-11-21T09:31Z'],
  ['cron(30 9 21 11 ? 2026)', undefined],
  ['cron(31 9 21 11 ? 2026)', '2026-11-21T09:31Z'],
  ['cron(59 23 31 12 ? 2026)', '2026-12-31T23:59Z'],
  ['cron(0 0 1 1 ? 2030)', '2030-01-01T00:00Z'],
  ['cron(0 0 1 1 ? 2026)', undefined],
  ['cron(0 0 1 1 ? 2027,2199)', '2027-01-01T00:00Z'],
  ['cron(0 0 1 1 ? */100)', '2070-01-01T00:00Z'],
  ['cron(1/10 * * * ? *)', '2026-11-21T09:31Z'],
  ['cron(5,35 9 * * ? *)', '2026-11-21T09:35Z'],
  ['cron(10-40/10 9 * * ? *)', '2026-11-21T09:40Z'],
  ['cron(0 */6 * * ? *)', '2026-11-21T12:00Z'],
  ['cron(0 0 1 JAN,jul ? *)', '2027-01-01T00:00Z'],
  ['cron(0 0 1 MAR-MAY ? *)', '2027-03-01T00:00Z'],
  ['cron(0 0 ? * 1 *)', '2026-11-22T00:00Z'],
  ['cron(0 0 ? * sun *)', '2026-11-22T00:00Z'],
  ['cron(0 0 ? * 2-6 *)', '2026-11-23T00:00Z'],
  ['cron(0 0 ? * * *)', '2026-11-22T00:00Z'],
  // Days that are not the same number in every month.
  ['cron(0 0 L * ? *)', '2026-11-30T00:00Z'],
  ['cron(0 0 L 2 ? *)', '2027-02-28T00:00Z'],
  ['cron(0 0 L 2 ? 2028)', '2028-02-29T00:00Z'],
  ['cron(0 0 29 2 ? *)', '2028-02-29T00:00Z'],
  ['cron(0 0 31 * ? *)', '2026-12-31T00:00Z'],
  ['cron(0 0 30 2 ? *)', undefined],
  // The 28th of November 2026 is a Saturday, the 29th a Sunday: Friday the 27th and Monday the 30th are nearest.
  ['cron(0 0 28W 11 ? *)', '2026-11-27T00:00Z'],
  ['cron(0 0 29W 11 ? *)', '2026-11-30T00:00Z'],
  ['cron(0 0 3W 12 ? *)', '2026-12-03T00:00Z'],
  // The 1st of May 2027 is a Saturday and the 31st of January 2027 a Sunday: the nearest is in the same month.
  ['cron(0 0 1W 5 ? 2027)', '2027-05-03T00:00Z'],
  ['cron(0 0 31W 1 ? 2027)', '2027-01-29T00:00Z'],
  ['cron(0 0 31W * ? *)', '2026-12-31T00:00Z'],
  ['cron(0 0 LW 1 ? 2027)', '2027-01-29T00:00Z'],
  ['cron(0 0 ? * L *)', '2026-11-28T00:00Z'],
  ['cron(15 10 ? * 6L *)', '2026-11-27T10:15Z'],
  ['cron(15 10 ? * FRIL *)', '2026-11-27T10:15Z'],
  ['cron(0 0 ? * 3#2 *)', '2026-12-08T00:00Z'],
  ['cron(0 0 ? * TUE#2 *)', '2026-12-08T00:00Z'],
  ['cron(0 0 ? * 2#5 *)', '2026-11-30T00:00Z'],
])('After Saturday 2026-11-21 09:30, %s is next due at %s.', (expression, expected) => {
  expect(next(expression)).toBe(expected);
});

test.each([
  ['rate(1 minute)', '1970-01-01T00:00:00Z', '1970-01-01T00:01Z'],
  ['rate(5 minutes)', NOW, '2026-11-21T09:35Z'],
  ['rate(1 hour)', NOW, '2026-11-21T10:00Z'],
  ['rate(12 hours)', NOW, '2026-11-21T12:00Z'],
  ['rate(1 day)', NOW, '2026-11-22T00:00Z'],
  ['rate(7 days)', NOW, '2026-11-26T00:00Z'],
])('%s after %s is %s, counted from the beginning.', (expression, after, expected) => {
  expect(next(expression, after)).toBe(expected);
});

test('A rate counts from the instant at which it began, and is first due a whole period later.', () => {
  const anchorMs = Date.parse('2026-11-21T09:17:23Z');
  expect(nextFireTime('rate(5 minutes)', anchorMs, anchorMs)).toBe(anchorMs + 300_000);
  expect(nextFireTime('rate(5 minutes)', anchorMs + 299_999, anchorMs)).toBe(anchorMs + 300_000);
  expect(nextFireTime('rate(5 minutes)', anchorMs + 300_000, anchorMs)).toBe(anchorMs + 600_000);
  expect(nextFireTime('rate(5 minutes)', anchorMs - 1_000_000, anchorMs)).toBe(anchorMs + 300_000);
});

test.each([
  ['', /neither rate\(5 minutes\) nor cron/],
  ['5 minutes', /neither/],
  ['at(2026-01-01T00:00:00)', /neither/],
  ['rate(0 minutes)', /whole number from 1 on/],
  ['rate(1.5 hours)', /whole number/],
  ['rate(1 minutes)', /it has to be rate\(1 minute\)/],
  ['rate(5 minute)', /it has to be rate\(5 minutes\)/],
  ['rate(5 seconds)', /minutes, hours or days/],
  ['cron(0 10 * * ?)', /six fields .* this has 5/],
  ['cron()', /this has 0/],
  ['cron(0 10 * * * *)', /one of the day of the month and the day of the week has to be \?/],
  ['cron(0 10 ? * ? *)', /and only one/],
  ['cron(60 10 * * ? *)', /"60" cannot be the minutes: values are 0-59/],
  ['cron(0 24 * * ? *)', /cannot be the hours/],
  ['cron(0 0 0 * ? *)', /cannot be the day of the month/],
  ['cron(0 0 1 13 ? *)', /cannot be the month: values are 1-12 or JAN-DEC/],
  ['cron(0 0 ? * 0 *)', /cannot be the day of the week: values are 1-7 or SUN-SAT/],
  ['cron(0 0 1 1 ? 1969)', /cannot be the year: values are 1970-2199/],
  ['cron(0/0 * * * ? *)', /an increment is a whole number/],
  ['cron(0/1/2 * * * ? *)', /more than one \//],
  ['cron(1-2-3 * * * ? *)', /more than one -/],
  ['cron(0/30 20-2 ? * MON-FRI *)', /a range goes upwards: write 20-23,0-2/],
  ['cron(0 0 ? * FRI-MON *)', /a range goes upwards: write 6-7,1-2/],
  ['cron(0 0 1,L * ? *)', /stand alone/],
  ['cron(0 0 1-5W * ? *)', /cannot be the day of the month/],
  ['cron(0 0 ? * 3#1,6#3 *)', /a day with # stands alone/],
  ['cron(0 0 ? * 3#6 *)', /values are 1-5/],
  ['cron(0 0 ? L * *)', /cannot be the month/],
  [`cron(${'0,'.repeat(200)}0 * * * ? *)`, /longer than 256/],
])('%s is refused with the reason.', (expression, message) => {
  expect(() => next(expression)).toThrow(message);
});

const FIELDS = fc.record({
  minute: fc.oneof(
    fc.constant('*'),
    fc.nat(59).map(String),
    fc.nat(30).map((n) => `${n}/7`),
  ),
  hour: fc.oneof(fc.constant('*'), fc.nat(23).map(String), fc.constant('8-17')),
  day: fc.oneof(fc.constant('*'), fc.integer({ min: 1, max: 31 }).map(String), fc.constant('L')),
  month: fc.oneof(fc.constant('*'), fc.integer({ min: 1, max: 12 }).map(String), fc.constant('JAN-MAR')),
});

/** Whether a minute is one of the expression, by its fields alone. */
function matches(fields: { minute: string; hour: string; day: string; month: string }, ms: number): boolean {
  const date = new Date(ms);
  const has = (text: string, value: number): boolean => {
    if (text === '*') return true;
    if (text === '8-17') return value >= 8 && value <= 17;
    if (text === 'JAN-MAR') return value <= 3;
    const [first = '', step] = text.split('/').map(Number);
    return step === undefined
      ? value === first
      : value >= Number(first) && (value - Number(first)) % step === 0;
  };
  const tomorrow = new Date(ms + 86_400_000);
  const day = date.getUTCDate();
  return (
    has(fields.minute, date.getUTCMinutes()) &&
    has(fields.hour, date.getUTCHours()) &&
    has(fields.month, date.getUTCMonth() + 1) &&
    (fields.day === 'L' ? tomorrow.getUTCDate() === 1 : has(fields.day, day))
  );
}

test('What is next due is after the given instant, belongs to the expression, and nothing before it does.', () => {
  fc.assert(
    fc.property(
      FIELDS,
      fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 0, 1) }),
      (fields, afterMs) => {
        const expression = `cron(${fields.minute} ${fields.hour} ${fields.day} ${fields.month} ? *)`;
        const due = nextFireTime(expression, afterMs);
        // The 31st of a month that has none is never due.
        if (due === undefined) {
          expect(Number(fields.day)).toBeGreaterThan(29);
          return;
        }
        expect(due).toBeGreaterThan(afterMs);
        expect(due % 60_000).toBe(0);
        expect(matches(fields, due)).toBe(true);
        // Minute by minute for two days, then by days: the first match must be the one that was found.
        const firstMinute = Math.floor(afterMs / 60_000) * 60_000 + 60_000;
        const untilMs = Math.min(due, firstMinute + 2 * 86_400_000);
        for (let ms = firstMinute; ms < untilMs; ms += 60_000) expect(matches(fields, ms)).toBe(false);
        const probe = new Date(due);
        for (let ms = due - 86_400_000; ms > afterMs; ms -= 86_400_000) {
          expect(matches(fields, ms), `${probe.toISOString()} is not the first`).toBe(false);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('Any text is a schedule or is refused; it never hangs.', () => {
  const text = fc.oneof(
    fc.string(),
    fc.stringMatching(/^[0-9*?,/LW#-]{0,8}( [0-9*?,/LW#-]{1,6}){0,6}$/).map((fields) => `cron(${fields})`),
  );
  fc.assert(
    fc.property(text, (expression) => {
      try {
        const due = nextFireTime(expression, Date.parse(NOW));
        if (due !== undefined) expect(due).toBeGreaterThan(Date.parse(NOW));
      } catch (error) {
        expect(error).toMatchObject({ code: 'ValidationException' });
      }
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visitsOf, type Press } from '../../../functions/report-visit/visits.ts';

const MINUTE_MS = 60_000;
const RULES = { repeatMs: 10 * MINUTE_MS, longestMs: 480 * MINUTE_MS };
const PARAMETERS = { numRuns: 500 };

/** `A0 D45` is an arrival at minute 0 and a departure at minute 45; `A0/2` that of carer 2. */
function read(text: string): Press[] {
  return text.split(' ').map((word) => {
    const [, letter, minute, carer = '1'] = /^([AD])(\d+)(?:\/(\d))?$/.exec(word) ?? [];
    return {
      kind: letter === 'A' ? 'arrival' : 'departure',
      timeMs: Number(minute) * MINUTE_MS,
      carer: Number(carer),
    };
  });
}

const minuteOf = (timeMs: number | undefined): string =>
  timeMs === undefined ? '?' : String(timeMs / MINUTE_MS);

function write(presses: readonly Press[], asOfMinute: number): string {
  return visitsOf(presses, RULES, asOfMinute * MINUTE_MS)
    .map(({ visit }) => {
      const times = `${minuteOf(visit.arrivedAtMs)}-${minuteOf(visit.departedAtMs)}`;
      return `${times}${visit.carer === 1 ? '' : `/${visit.carer}`} ${visit.state}`;
    })
    .join(', ');
}

test.each([
  ['A0', 60, '0-? OPEN'],
  ['A0 D45', 60, '0-45 CLOSED'],
  ['D45', 60, '?-45 NO_ARRIVAL'],
  ['A0 D45 A300 D330', 330, '0-45 CLOSED, 300-330 CLOSED'],
  // The same again soon after is the same press, and that goes on; not so soon, it is another one.
  ['A0 A3 A12 D45 D50', 60, '0-45 CLOSED'],
  ['A0 A10 D45', 60, '0-45 CLOSED'],
  ['A0 A11 D45', 60, '0-? NO_DEPARTURE, 11-45 CLOSED'],
  ['A0 D45 D56', 60, '0-45 CLOSED, ?-56 NO_ARRIVAL'],
  // Soon gone and back is two visits.
  ['A0 D2 A4 D30', 60, '0-2 CLOSED, 4-30 CLOSED'],
  // Longer than a visit can be.
  ['A0', 480, '0-? OPEN'],
  ['A0', 481, '0-? NO_DEPARTURE'],
  ['A0 D480', 480, '0-480 CLOSED'],
  ['A0 D481', 481, '0-? NO_DEPARTURE, ?-481 NO_ARRIVAL'],
  // Carers do not close one another's visits.
  ['A0/1 A20/2 D30/1 D50/2', 60, '0-30 CLOSED, 20-50/2 CLOSED'],
  ['A0/1 D30/2', 60, '0-? OPEN, ?-30/2 NO_ARRIVAL'],
  // Within one second.
  ['D5 A5', 60, '5-5 CLOSED'],
] as const)('%s at minute %d: %s.', (presses, asOf, visits) => {
  expect(write(read(presses), asOf)).toBe(visits);
});

const press: fc.Arbitrary<Press> = fc.record({
  kind: fc.constantFrom('arrival', 'departure'),
  timeMs: fc.integer({ min: 0, max: 2_000 }).map((minute) => minute * MINUTE_MS),
  carer: fc.integer({ min: 0, max: 2 }),
});

test('In whatever order presses are given, they make the same visits, each press in one of them.', () => {
  fc.assert(
    fc.property(fc.array(press, { maxLength: 40 }), fc.integer({ min: 0, max: 3_000 }), (presses, asOf) => {
      const asOfMs = asOf * MINUTE_MS;
      const folded = visitsOf(presses, RULES, asOfMs);
      expect(write(presses.toReversed(), asOf)).toBe(write(presses, asOf));
      expect(folded.flatMap((visit) => visit.presses)).toHaveLength(presses.length);
      for (const { visit } of folded) {
        const { arrivedAtMs, departedAtMs, state } = visit;
        expect(state === 'CLOSED').toBe(arrivedAtMs !== undefined && departedAtMs !== undefined);
        expect(state === 'NO_ARRIVAL').toBe(arrivedAtMs === undefined);
        if (arrivedAtMs !== undefined && departedAtMs !== undefined) {
          expect(departedAtMs - arrivedAtMs).toBeGreaterThanOrEqual(0);
          expect(departedAtMs - arrivedAtMs).toBeLessThanOrEqual(RULES.longestMs);
        }
        if (state === 'OPEN') expect(asOfMs - (arrivedAtMs ?? 0)).toBeLessThanOrEqual(RULES.longestMs);
      }
      // A carer is in one place at a time.
      const open = folded.filter(({ visit }) => visit.state === 'OPEN').map(({ visit }) => visit.carer);
      expect(new Set(open).size).toBe(open.length);
    }),
    PARAMETERS,
  );
});

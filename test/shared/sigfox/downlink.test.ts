import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  acknowledgeDownlink,
  answerUplink,
  confirmDownlink,
  DOWNLINK_STATES,
  DOWNLINKS_A_DAY,
  EMPTY_SLOT,
  offeredData,
  queueDownlink,
  readDownlinkData,
  type Downlink,
  type DownlinkSlot,
} from '../../../shared/sigfox/downlink.ts';

const PARAMETERS = { seed: 20_260_201, numRuns: 400 };
const DAY_MS = 86_400_000;
const T = Date.UTC(2026, 0, 31, 10);
const DATA = '0011223344556677';

const queued = (slot: DownlinkSlot, id: string, data = DATA): DownlinkSlot =>
  queueDownlink(slot, { id, data, queuedAtMs: T }).next;
const states = ({ downlinks }: DownlinkSlot): string[] => downlinks.map(({ id, state }) => `${id} ${state}`);

test('A downlink goes from QUEUED to OFFERED, to SENT, to CONFIRMED.', () => {
  let slot = queued(EMPTY_SLOT, 'a');
  expect(states(slot)).toEqual(['a QUEUED']);
  const answered = answerUplink(slot, { timeMs: T, seqNumber: 7 }, T);
  expect(offeredData(answered)).toBe(DATA);
  slot = answered.next;
  expect(states(slot)).toEqual(['a OFFERED']);
  slot = acknowledgeDownlink(slot, { timeMs: T + 50_000, infoCode: 0 }).next;
  expect(states(slot)).toEqual(['a SENT']);
  expect(confirmDownlink(slot, T, () => true).next, 'the uplink that asked is no echo').toBe(slot);
  slot = confirmDownlink(slot, T + 600_000, (data) => data === DATA).next;
  expect(states(slot)).toEqual(['a CONFIRMED']);
});

test('The same uplink gets the same answer, before and after everything else.', () => {
  let slot = queued(EMPTY_SLOT, 'a');
  slot = answerUplink(slot, { timeMs: T, seqNumber: 7 }, T).next;
  slot = queued(slot, 'b', 'ffffffffffffffff');
  slot = answerUplink(slot, { timeMs: T + 60_000, seqNumber: 8 }, T + 60_000).next;
  for (const [seqNumber, data] of [
    [7, DATA],
    [8, 'ffffffffffffffff'],
  ] as const) {
    const again = answerUplink(slot, { timeMs: T + (seqNumber - 7) * 60_000, seqNumber }, T + 420_000);
    expect(offeredData(again)).toBe(data);
    expect(again.next).toBe(slot);
  }
});

test('An uplink that got none gets none again, also when a downlink has been queued since.', () => {
  const asked = answerUplink(EMPTY_SLOT, { timeMs: T, seqNumber: 7 }, T);
  expect(offeredData(asked)).toBeUndefined();
  const slot = queued(asked.next, 'a');
  expect(answerUplink(slot, { timeMs: T, seqNumber: 7 }, T + 10_000).next).toBe(slot);
  expect(answerUplink(slot, { timeMs: T - 1_000, seqNumber: 6 }, T).next, 'a late one neither').toBe(slot);
});

test('A device that no longer listens gets none, and its downlink waits.', () => {
  const slot = queued(EMPTY_SLOT, 'a');
  expect(answerUplink(slot, { timeMs: T }, T + 50_001).next).toBe(slot);
  expect(states(answerUplink(slot, { timeMs: T }, T + 50_000).next)).toEqual(['a OFFERED']);
});

test('Four downlinks a day, and the fifth on the next.', () => {
  let slot = EMPTY_SLOT;
  const offered: (string | undefined)[] = [];
  for (let index = 0; index < 6; index += 1) {
    slot = queued(slot, `d${index}`);
    const timeMs = T + index * 600_000;
    const answered = answerUplink(slot, { timeMs }, timeMs);
    offered.push(offeredData(answered));
    slot = answered.next;
  }
  expect(offered).toEqual([DATA, DATA, DATA, DATA, undefined, undefined]);
  expect(states(slot).slice(-2)).toEqual(['d4 FAILED', 'd5 QUEUED']);
  const tomorrow = Date.UTC(2026, 1, 1);
  expect(states(answerUplink(slot, { timeMs: tomorrow }, tomorrow).next).at(-1)).toBe('d5 OFFERED');
});

test.each([
  [1, undefined, 'FAILED', 'NO_ANSWER'],
  [4, 'x', 'FAILED', 'NETWORK_ERROR'],
  [8, undefined, 'FAILED', 'INVALID_CONFIGURATION'],
  [77, 'brand new', 'FAILED', 'brand new'],
  [0, 'Acked', 'SENT', undefined],
  [5, 'Pending', 'OFFERED', undefined],
])('infoCode %d (%s) makes an offered downlink %s, for %s.', (infoCode, infoMessage, state, reason) => {
  const slot = answerUplink(queued(EMPTY_SLOT, 'a'), { timeMs: T }, T).next;
  const message = { timeMs: T + 50_000, infoCode, ...(infoMessage === undefined ? {} : { infoMessage }) };
  const [downlink] = acknowledgeDownlink(slot, message).next.downlinks;
  expect([downlink?.state, downlink?.reason]).toEqual([state, reason]);
});

test('An acknowledgement means the last downlink offered before it, however late it comes.', () => {
  let slot = answerUplink(queued(EMPTY_SLOT, 'a'), { timeMs: T }, T).next;
  slot = answerUplink(queued(slot, 'b'), { timeMs: T + 300_000 }, T + 300_000).next;
  slot = acknowledgeDownlink(slot, { timeMs: T + 350_000, infoCode: 0 }).next;
  slot = acknowledgeDownlink(slot, { timeMs: T + 50_000, infoCode: 1 }).next;
  expect(states(slot)).toEqual(['a FAILED', 'b SENT']);
});

test("The first word of the network stands, and the device's own outweighs it.", () => {
  let slot = answerUplink(queued(EMPTY_SLOT, 'a'), { timeMs: T }, T).next;
  slot = acknowledgeDownlink(slot, { timeMs: T + 50_000, infoCode: 1 }).next;
  expect(acknowledgeDownlink(slot, { timeMs: T + 50_000, infoCode: 0 }).next).toBe(slot);
  const confirmed = confirmDownlink(slot, T + 600_000, () => true);
  expect(confirmed.next.downlinks).toMatchObject([{ state: 'CONFIRMED', reason: 'NO_ANSWER' }]);
  expect(acknowledgeDownlink(confirmed.next, { timeMs: T + 50_000, infoCode: 0 }).next).toBe(confirmed.next);
  expect(
    confirmDownlink(confirmed.next, T + 600_000, () => true).told,
    'a retry tells it again',
  ).toHaveLength(1);
  expect(confirmDownlink(confirmed.next, T + 700_000, () => true).told, 'a later echo is no news').toEqual(
    [],
  );
});

test('An acknowledgement of nothing changes nothing.', () => {
  const slot = queued(EMPTY_SLOT, 'a');
  expect(acknowledgeDownlink(slot, { timeMs: T, infoCode: 0 })).toEqual({ next: slot, told: [] });
});

test.each([['00112233445566'], ['001122334455667788'], ['001122334455667g'], [''], [42], [undefined]])(
  'The downlink %o is refused.',
  (data) => {
    expect(() => readDownlinkData(data)).toThrow(expect.objectContaining({ code: 'DOWNLINK_NOT_8_BYTES' }));
  },
);

type Event =
  | { readonly kind: 'queue'; readonly id: number; readonly data: string }
  | { readonly kind: 'ask'; readonly minute: number; readonly delaySeconds: number }
  | { readonly kind: 'acknowledge'; readonly minute: number; readonly infoCode: number }
  | { readonly kind: 'echo'; readonly minute: number; readonly data: string };

const minute = fc.integer({ min: 0, max: 3 * 24 * 60 });
const data = fc.constantFrom(DATA, 'ffffffffffffffff', '1234567812345678');
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constant('queue' as const), id: fc.integer({ min: 0, max: 30 }), data }),
  fc.record({ kind: fc.constant('ask' as const), minute, delaySeconds: fc.constantFrom(0, 10, 60, 420) }),
  fc.record({ kind: fc.constant('acknowledge' as const), minute, infoCode: fc.integer({ min: 0, max: 9 }) }),
  fc.record({ kind: fc.constant('echo' as const), minute, data }),
);

function apply(slot: DownlinkSlot, event: Event): { next: DownlinkSlot; told: readonly Downlink[] } {
  if (event.kind === 'queue') {
    return queueDownlink(slot, { id: `d${event.id}`, data: event.data, queuedAtMs: T });
  }
  const timeMs = T + event.minute * 60_000;
  if (event.kind === 'ask') return answerUplink(slot, { timeMs }, timeMs + event.delaySeconds * 1000);
  if (event.kind === 'acknowledge') return acknowledgeDownlink(slot, { timeMs, infoCode: event.infoCode });
  return confirmDownlink(slot, timeMs, (one) => one === event.data);
}

const rank = (downlink: Downlink): number => DOWNLINK_STATES.indexOf(downlink.state);

test(`Whatever happens in whatever order, downlinks only go forward and within their budget (seed ${PARAMETERS.seed}).`, () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 120 }), (events) => {
      let slot = EMPTY_SLOT;
      const answers = new Map<number, string | undefined>();
      for (const one of events) {
        const { next, told } = apply(slot, one);
        const again = apply(next, one);
        // The same event again changes nothing, and tells the same of what is still remembered.
        expect(again.next).toBe(next);
        if (one.kind === 'ask') {
          const given = offeredData({ next, told });
          expect(offeredData(again)).toBe(given);
          const first = answers.get(one.minute);
          if (first !== undefined) expect(given).toBe(first);
          else if (given !== undefined) answers.set(one.minute, given);
        }
        for (const before of slot.downlinks) {
          const after = next.downlinks.find(({ id }) => id === before.id);
          if (after !== undefined) {
            expect(rank(after)).toBeGreaterThanOrEqual(rank(before));
            expect(after.data).toBe(before.data);
            if (before.offeredTo !== undefined) expect(after.offeredTo).toEqual(before.offeredTo);
          }
        }
        expect(next.downlinks.filter(({ state }) => state === 'QUEUED').length).toBeLessThanOrEqual(1);
        expect(next.downlinks.length).toBeLessThanOrEqual(32);
        const days = Map.groupBy(
          next.downlinks.filter(({ offeredTo }) => offeredTo !== undefined),
          ({ offeredTo }) => Math.floor((offeredTo?.timeMs ?? 0) / DAY_MS),
        );
        for (const offered of days.values()) expect(offered.length).toBeLessThanOrEqual(DOWNLINKS_A_DAY);
        slot = next;
      }
    }),
    PARAMETERS,
  );
});

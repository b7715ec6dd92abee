import * as z from 'zod/mini';
import { once } from '../once.ts';
import { fromItem, toItem, type Item } from '../sigfox/item.ts';

/**
 * How a visit stands:
 *
 *     (arrival) ──▶ OPEN ──(departure)──▶ CLOSED
 *                     └──(another arrival, or too long)──▶ NO_DEPARTURE ──(a late departure)──▶ CLOSED
 *     (departure) ──▶ NO_ARRIVAL ──(a late arrival)──▶ CLOSED
 */
export const VISIT_STATES = ['OPEN', 'CLOSED', 'NO_DEPARTURE', 'NO_ARRIVAL'] as const;

/** One visit of one carer. It has a time of arrival, or of departure, or both. */
export interface Visit {
  /** Number of the carer's badge; 0: none was shown. */
  readonly carer: number;
  readonly state: (typeof VISIT_STATES)[number];
  readonly arrivedAtMs?: number;
  readonly departedAtMs?: number;
}

/** When a visit began, as far as is known. */
export function startOf({ arrivedAtMs, departedAtMs }: Visit): number {
  return arrivedAtMs ?? departedAtMs ?? 0;
}

/** The sort key of a visit among those of its home: visits sort as they began. */
export function visitKey(visit: Visit): string {
  return `${new Date(startOf(visit)).toISOString()}#${String(visit.carer).padStart(3, '0')}`;
}

/**
 * A visit as an item of the table of visits: `household` and `at` are its key, times are ISO 8601,
 * `durationSeconds` is there when both times are.
 */
export function visitItem(household: string, visit: Visit): Item {
  const { carer, state, arrivedAtMs, departedAtMs } = visit;
  const both = arrivedAtMs !== undefined && departedAtMs !== undefined;
  return toItem({
    household,
    at: visitKey(visit),
    state,
    carer,
    arrivedAt: arrivedAtMs === undefined ? undefined : new Date(arrivedAtMs).toISOString(),
    departedAt: departedAtMs === undefined ? undefined : new Date(departedAtMs).toISOString(),
    durationSeconds: both ? (departedAtMs - arrivedAtMs) / 1000 : undefined,
  });
}

const storedSchema = once(() =>
  z.object({
    state: z.enum(VISIT_STATES),
    carer: z.number(),
    arrivedAt: z.exactOptional(z.string()),
    departedAt: z.exactOptional(z.string()),
    durationSeconds: z.exactOptional(z.number()),
  }),
);

/** A visit as it is stored, for people. */
export type StoredVisit = z.infer<ReturnType<typeof storedSchema>>;

/** @throws whatever the schema says of an item that is no visit. */
export function readStoredVisit(item: Item): StoredVisit {
  return storedSchema().parse(fromItem(item));
}

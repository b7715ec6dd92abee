import { z } from 'zod';
import { POSITIONS } from '../../../shared/greenhouse/position.ts';

const orderSchema = z.object({
  /** When it ended; minutes since midnight. */
  minute: z.number().int(),
  target: z.enum(POSITIONS),
  /** Whether its code has left the repeater. */
  isDone: z.boolean(),
  /** `ACKED`, `TIMED_OUT` … */
  status: z.string(),
  /** Who asked for it: `light`, `wind`, `alarm` … */
  reason: z.string(),
  /** A sentence with the numbers. */
  why: z.string(),
});

export const recordSchema = z.object({
  orders: z.array(orderSchema),
  /** Where the shade stood at the end of each minute: 0 is open, 1 is drawn over the plants. */
  positions: z.array(z.number()),
  /** Readings that were sent, and how long the day took, cloud and all. */
  readings: z.number().int(),
  seconds: z.number(),
});

/** A command to the shade, at its end. */
export type Order = z.output<typeof orderSchema>;

/** What one design did in a day. */
export type DesignRecord = z.output<typeof recordSchema>;

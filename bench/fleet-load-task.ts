import { fork } from 'node:child_process';
import path from 'node:path';
import { z } from 'zod';
import type { FleetMember } from './fleet.ts';

/** What bench/fleet-load.ts is to do with one broker. */
export interface FleetLoadTask {
  /** Of MQTT over TLS, on the loopback. */
  readonly port: number;
  /** PEM of the authority that the broker's certificate is from. */
  readonly ca: string;
  readonly devices: readonly FleetMember[];
  readonly watchers: readonly FleetMember[];
  /** Messages at QoS 0 offered in a second, in so many rounds of so many seconds. */
  readonly perSecond: number;
  readonly rounds: number;
  readonly roundSeconds: number;
  /** Messages at QoS 0 that are sent as fast as they go through. */
  readonly floodMessages: number;
  /** Messages at QoS 1. */
  readonly confirmedMessages: number;
  readonly confirmedPerSecond: number;
}

const resultSchema = z.object({
  /** Until all are connected and subscribed. */
  connectSeconds: z.number(),
  /** Reached at the rate that was offered: medians of the rounds. What did not arrive is of all of them. */
  perSecond: z.number(),
  lost: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  floodPerSecond: z.number(),
  /** Messages at QoS 1 that did not come to their watcher, and that the broker did not confirm. */
  confirmedLost: z.number(),
  unacknowledged: z.number(),
});

export type FleetLoadResult = z.infer<typeof resultSchema>;

const answerSchema = z.union([resultSchema, z.object({ error: z.string() })]);

/** Plays the fleet from a process of its own. @throws Error with what went wrong there. */
export async function playFleet(task: FleetLoadTask): Promise<FleetLoadResult> {
  const child = fork(path.join(import.meta.dirname, 'fleet-load.ts'));
  try {
    const answer = await new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code) => reject(new Error(`the load generator ended with ${code}`)));
      child.send(task);
    });
    const result = answerSchema.parse(answer);
    if ('error' in result) throw new Error(`the load generator failed: ${result.error}`);
    return result;
  } finally {
    if (child.connected) child.disconnect();
  }
}

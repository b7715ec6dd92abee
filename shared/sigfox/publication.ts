import type { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { publishJson } from '../publish.ts';
import type { Downlink } from './downlink.ts';
import { downlinkStateTopic } from './topics.ts';

/** A message to be published once everything it tells is stored. */
export interface Publication {
  readonly topic: string;
  readonly message: Readonly<Record<string, unknown>>;
}

/** Downlinks as they are told of on `sigfox/<device>/downlink/state`, one message each. */
export function publicationsOf(device: string, downlinks: readonly Downlink[]): Publication[] {
  return downlinks.map(({ id, data, state, queuedAtMs, offeredTo, reason }) => ({
    topic: downlinkStateTopic(device),
    message: {
      device,
      id,
      data,
      state,
      queuedAt: new Date(queuedAtMs).toISOString(),
      ...(offeredTo === undefined
        ? {}
        : { offeredTo: { time: new Date(offeredTo.timeMs).toISOString(), seqNumber: offeredTo.seqNumber } }),
      ...(reason === undefined ? {} : { reason }),
    },
  }));
}

/** Publishes all of them, in their order. */
export async function publishAll(
  client: IoTDataPlaneClient,
  publications: readonly Publication[],
): Promise<void> {
  for (const { topic, message } of publications) await publishJson(client, topic, message);
}

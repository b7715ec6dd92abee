import { z } from 'zod';
import type { IotMessage } from '../message.ts';

const PRESENCE = /^\$aws\/events\/presence\/(connected|disconnected)\/([^/]+)$/;

const eventSchema = z.object({ timestamp: z.number(), disconnectReason: z.string().optional() });

/** Where it is noted whether a thing's device is connected. */
export interface ConnectivityIndex {
  indexConnectivity(
    thingName: string,
    content: {
      readonly connected: boolean;
      readonly timestamp: number;
      readonly disconnectReason?: string | undefined;
    },
  ): void;
}

/** Takes the messages of the cloud, and notes in the index what lifecycle events tell of clients named as things. */
export function connectivityTaker(index: ConnectivityIndex): (message: IotMessage) => void {
  return ({ topic, payload }) => {
    if (!topic.startsWith('$aws/events/presence/')) return;
    const [, kind, clientId] = PRESENCE.exec(topic) ?? [];
    if (kind === undefined || clientId === undefined) return;
    const { timestamp, disconnectReason } = eventSchema.parse(JSON.parse(Buffer.from(payload).toString()));
    const connected = kind === 'connected';
    index.indexConnectivity(clientId, {
      connected,
      timestamp,
      ...(disconnectReason === undefined ? {} : { disconnectReason }),
    });
  };
}

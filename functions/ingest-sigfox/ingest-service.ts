import type { Acknowledge, ServiceMessage } from '../../shared/sigfox/callback.ts';
import { present } from '../../shared/sigfox/callback-variables.ts';
import { acknowledgeDownlink } from '../../shared/sigfox/downlink.ts';
import { toItem } from '../../shared/sigfox/item.ts';
import { publicationsOf } from '../../shared/sigfox/publication.ts';
import { GROUP_EVENT_TOPIC, serviceTopic } from '../../shared/sigfox/topics.ts';
import { serviceKey } from './message-key.ts';
import type { MessageStore } from './message-store.ts';
import type { Ingested, IngestServices } from './services.ts';

/** What the network says of a device or a group: kept as it is, and told as it is. */
export async function ingestService(message: ServiceMessage, services: IngestServices): Promise<Ingested> {
  const { callback, source, timeMs, variables } = message;
  const isNew = await keep(message, services);
  services.count(isNew ? 'ServiceMessageStored' : 'ServiceMessageRepeated');
  const topic = source.startsWith('group:') ? GROUP_EVENT_TOPIC : serviceTopic(source, callback);
  const time = new Date(timeMs).toISOString();
  return { publications: [{ topic, message: { source, callback, time, variables } }] };
}

/** What came of a downlink: kept as it is, and the downlink brought to what it says. */
export async function ingestAcknowledge(
  acknowledge: Acknowledge,
  services: IngestServices,
): Promise<Ingested> {
  const { device, timeMs, infoCode, infoMessage, downlinkAck, downlinkOverusage } = acknowledge;
  const variables = present({ infoCode, infoMessage, downlinkAck, downlinkOverusage });
  const kept = { callback: 'acknowledge', source: device, timeMs, variables } as const;
  const isNew = await keep(kept, services);
  services.count(isNew ? 'ServiceMessageStored' : 'ServiceMessageRepeated');
  const { told } = await services.downlinks.change(device, (slot) =>
    acknowledgeDownlink(slot, { timeMs, infoCode, ...(infoMessage === undefined ? {} : { infoMessage }) }),
  );
  const topic = serviceTopic(device, 'acknowledge');
  const message = {
    source: device,
    callback: 'acknowledge',
    time: new Date(timeMs).toISOString(),
    variables,
  };
  return { publications: [{ topic, message }, ...publicationsOf(device, told)] };
}

interface Kept extends Omit<ServiceMessage, 'kind' | 'callback'> {
  readonly callback: ServiceMessage['callback'] | 'acknowledge';
}

/** @returns false when it is kept already. */
async function keep(
  { callback, source, timeMs, variables }: Kept,
  { store, now }: { readonly store: MessageStore; readonly now: () => number },
): Promise<boolean> {
  const attributes = toItem({
    callback,
    time: new Date(timeMs).toISOString(),
    variables,
    receivedAt: new Date(now()).toISOString(),
  });
  return store.complete(serviceKey(source, { timeMs, callback, variables }), attributes, 'callback');
}

/** The topic that Sigfox's own AWS IoT connector publishes on, and the HTTP door with it. */
export const CALLBACK_TOPIC = 'sigfox';

/** A message as it was decoded. */
export const readingTopic = (device: string): string => `sigfox/${device}/reading`;

/** How well an uplink was received and where from, some 25 s after it. */
export const receptionTopic = (device: string): string => `sigfox/${device}/reception`;

/** What the network says of a device: `status`, `acknowledge`, `repeater` or `error`. */
export const serviceTopic = (device: string, callback: string): string => `sigfox/${device}/${callback}`;

/** What the network says of a group of devices. */
export const GROUP_EVENT_TOPIC = 'sigfox/event';

/** Where a downlink is asked for. */
export const downlinkTopic = (device: string): string => `sigfox/${device}/downlink`;

/** Each state that a downlink comes to. */
export const downlinkStateTopic = (device: string): string => `sigfox/${device}/downlink/state`;

/** `device silent` and `device back`. */
export const alertTopic = (device: string): string => `sigfox/${device}/alert`;

const DOWNLINK_TOPIC = /^sigfox\/([^/]+)\/downlink$/;

/** The device whose downlink is asked for on this topic; undefined for every other topic. */
export function deviceOfDownlinkTopic(topic: string): string | undefined {
  return DOWNLINK_TOPIC.exec(topic)?.[1];
}

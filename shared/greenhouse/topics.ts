/** A zone is one level of a topic and part of a key. */
export const ZONE_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** Where the commands of a zone are published whenever their status changes. */
export function commandTopic(zone: string): string {
  return `greenhouse/${zone}/command`;
}

/** Where the state of a zone is published. */
export function stateTopic(zone: string): string {
  return `greenhouse/${zone}/state`;
}

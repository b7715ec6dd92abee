import { isShadowName, isThingName, type ShadowId } from './names.ts';

export type ShadowOperation = 'get' | 'update' | 'delete';

/** A topic that a request to a shadow is published on. */
export interface ShadowTopic extends ShadowId {
  readonly operation: ShadowOperation;
}

const REQUEST = /^\$aws\/things\/([^/]+)\/shadow\/(?:name\/([^/]+)\/)?(get|update|delete)$/;

/**
 * Reads `$aws/things/<thing>/shadow[/name/<shadow>]/{get,update,delete}`; undefined for every other topic,
 * also for those that the answers come on, and when a name is none.
 */
export function readShadowTopic(topic: string): ShadowTopic | undefined {
  const [, thingName, shadowName, operation] = REQUEST.exec(topic) ?? [];
  if (thingName === undefined || !isThingName(thingName)) return undefined;
  if (operation !== 'get' && operation !== 'update' && operation !== 'delete') return undefined;
  if (shadowName === undefined) return { thingName, operation };
  return isShadowName(shadowName) ? { thingName, shadowName, operation } : undefined;
}

/** What the topics of one shadow begin with. */
export function shadowTopicPrefix({ thingName, shadowName }: ShadowId): string {
  const base = `$aws/things/${thingName}/shadow`;
  return shadowName === undefined ? base : `${base}/name/${shadowName}`;
}

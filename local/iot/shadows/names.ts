const THING_NAME = /^[a-zA-Z0-9:_-]{1,128}$/;

/** AWS's own shadows begin with `$` (`$package`). */
const SHADOW_NAME = /^[$a-zA-Z0-9:_-]{1,64}$/;

/** A shadow by its thing and, unless it is the classic one, its own name. */
export interface ShadowId {
  readonly thingName: string;
  readonly shadowName?: string;
}

export function isThingName(name: string): boolean {
  return THING_NAME.test(name);
}

export function isShadowName(name: string): boolean {
  return SHADOW_NAME.test(name);
}

import { deltaOf } from './delta.ts';
import { sectionsJson, tokenJson, type Message, type Rejection, type ShadowDocument } from './document.ts';

/** A shadow as GetThingShadow tells it: with the delta, and the time of telling in seconds. */
export function getMessage(document: ShadowDocument, nowSeconds: number, clientToken?: string): Message {
  const delta = deltaOf(document);
  return {
    state: { ...sectionsJson(document.state), ...(delta === undefined ? {} : { delta: delta.state }) },
    metadata: sectionsJson(document.metadata),
    version: document.version,
    timestamp: nowSeconds,
    ...tokenJson(clientToken),
  };
}

/** AWS writes a named shadow as `<thing>~<shadow>`. */
export function noShadow(thingName: string, shadowName: string | undefined): Rejection {
  const name = shadowName === undefined ? thingName : `${thingName}~${shadowName}`;
  return { code: 404, message: `No shadow exists with name: '${name}'` };
}

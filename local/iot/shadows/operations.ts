import type { Message, Rejection, ShadowDocument } from './document.ts';
import { tokenJson } from './document.ts';
import { getMessage, noShadow } from './get.ts';
import type { ShadowId } from './names.ts';
import { readDelete, readGet, readUpdate } from './request.ts';
import type { ShadowStore } from './store.ts';
import type { Throttle } from './throttle.ts';
import type { ShadowOperation } from './topics.ts';
import { updateShadow } from './update.ts';

/** What an operation leads to, whichever way it was asked for. */
export type Outcome =
  | { readonly rejected: Rejection; readonly clientToken?: string }
  | {
      readonly accepted: Message;
      readonly delta?: Message;
      readonly documents?: Message;
      /** Whether the shadow is another one now. */
      readonly hasChanged: boolean;
    };

export interface OperationContext {
  readonly store: ShadowStore;
  readonly throttle: Throttle;
  readonly nowSeconds: () => number;
}

/** Does what was asked of a shadow, and keeps what comes of it. */
export function operate(
  context: OperationContext,
  operation: ShadowOperation,
  id: ShadowId,
  payload: Uint8Array,
): Outcome {
  if (!context.throttle.take(id.thingName)) {
    return { rejected: { code: 429, message: 'Too many requests' }, ...readDelete(payload) };
  }
  if (operation === 'get') return get(context, id, payload);
  if (operation === 'update') return update(context, id, payload);
  return remove(context, id, payload);
}

function get({ store, nowSeconds }: OperationContext, id: ShadowId, payload: Uint8Array): Outcome {
  const read = readGet(payload);
  if ('rejection' in read) return refused(read);
  const { clientToken } = read.request;
  const now = nowSeconds();
  const document = store.find(id, now)?.document;
  if (document === undefined) {
    return { rejected: noShadow(id.thingName, id.shadowName), ...tokenJson(clientToken) };
  }
  return { accepted: getMessage(document, now, clientToken), hasChanged: false };
}

function update({ store, nowSeconds }: OperationContext, id: ShadowId, payload: Uint8Array): Outcome {
  const read = readUpdate(payload);
  if ('rejection' in read) return refused(read);
  const now = nowSeconds();
  const result = updateShadow(store.find(id, now), read.request, now);
  if ('rejected' in result) return { ...result, ...tokenJson(read.request.clientToken) };
  const { next, ...messages } = result;
  store.put(id, next);
  return { ...messages, hasChanged: true };
}

function remove({ store, nowSeconds }: OperationContext, id: ShadowId, payload: Uint8Array): Outcome {
  const token = readDelete(payload);
  const now = nowSeconds();
  const document: ShadowDocument | undefined = store.find(id, now)?.document;
  if (document === undefined) return { rejected: noShadow(id.thingName, id.shadowName), ...token };
  store.remove(id, document.version, now);
  return { accepted: { version: document.version, timestamp: now, ...token }, hasChanged: true };
}

function refused(read: { readonly rejection: Rejection; readonly clientToken?: string }): Outcome {
  return { rejected: read.rejection, ...tokenJson(read.clientToken) };
}

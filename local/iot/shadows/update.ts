import { deltaOf } from './delta.ts';
import {
  documentJson,
  SECTIONS,
  tokenJson,
  type Message,
  type Rejection,
  type Section,
  type Sections,
  type ShadowDocument,
  type ShadowRecord,
} from './document.ts';
import { memberOf, stringifyJson, type JsonObject } from './json.ts';
import { mergeNode, nonEmpty, stamp } from './merge.ts';
import type { UpdateRequest } from './request.ts';

/** Both sections of a shadow together, in bytes; metadata does not count. */
const MAX_STATE_BYTES = 8 * 1024;

/** What an update leads to. */
export type UpdateResult =
  | { readonly rejected: Rejection }
  | {
      /** For `update/accepted`: only what was sent. */
      readonly accepted: Message;
      /** For `update/delta`, when desired and reported differ now. */
      readonly delta?: Message;
      /** For `update/documents`: the whole shadow before and after. */
      readonly documents: Message;
      readonly next: ShadowDocument;
    };

/**
 * Updates a shadow.
 *
 * @param current what there is; undefined when there never was a shadow, or so long ago that it is forgotten
 * @param nowSeconds since the epoch, as all times in shadows
 */
export function updateShadow(
  current: ShadowRecord | undefined,
  request: UpdateRequest,
  nowSeconds: number,
): UpdateResult {
  const version = current?.version ?? 0;
  if (request.version !== undefined && request.version !== version) {
    return { rejected: { code: 409, message: 'Version conflict' } };
  }
  const previous = current?.document;
  const next: ShadowDocument = {
    ...mergeSections(previous, request.state, nowSeconds),
    version: version + 1,
  };
  if (stateBytes(next.state) > MAX_STATE_BYTES) {
    return { rejected: { code: 413, message: 'The payload exceeds the maximum size allowed' } };
  }
  const token = tokenJson(request.clientToken);
  const delta = deltaOf(next);
  return {
    accepted: {
      state: request.state,
      metadata: stamp(request.state, nowSeconds),
      version: next.version,
      timestamp: nowSeconds,
      ...token,
    },
    ...(delta === undefined
      ? {}
      : { delta: { version: next.version, timestamp: nowSeconds, ...delta, ...token } }),
    documents: {
      previous: previous === undefined ? null : documentJson(previous),
      current: documentJson(next),
      timestamp: nowSeconds,
      ...token,
    },
    next,
  };
}

function mergeSections(
  previous: ShadowDocument | undefined,
  patch: JsonObject | null,
  nowSeconds: number,
): { state: Sections; metadata: Sections } {
  const state: { [Name in Section]?: JsonObject } = {};
  const metadata: { [Name in Section]?: JsonObject } = {};
  for (const name of patch === null ? [] : SECTIONS) {
    const before = previous?.state[name];
    const current = before && { state: before, metadata: previous?.metadata[name] ?? {} };
    const sent = memberOf(patch ?? {}, name);
    const merged = sent === undefined ? current : mergeNode(current, sent, nowSeconds);
    const section = nonEmpty(merged?.state);
    if (section === undefined) continue;
    state[name] = section;
    metadata[name] = nonEmpty(merged?.metadata) ?? {};
  }
  return { state, metadata };
}

function stateBytes(state: Sections): number {
  return SECTIONS.reduce((sum, name) => {
    const section = state[name];
    return section === undefined ? sum : sum + Buffer.byteLength(stringifyJson(section));
  }, 0);
}

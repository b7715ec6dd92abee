import type { JsonObject, JsonValue } from './json.ts';

/** The two sections of a shadow's state; one that would be empty is absent. */
export interface Sections {
  readonly desired?: JsonObject;
  readonly reported?: JsonObject;
}

export const SECTIONS = ['desired', 'reported'] as const;
export type Section = (typeof SECTIONS)[number];

/** A shadow as it is kept. */
export interface ShadowDocument {
  readonly state: Sections;
  /** In the shape of the state: `{"timestamp": seconds}` in place of each value that is no object or array. */
  readonly metadata: Sections;
  /** 1 is the first. */
  readonly version: number;
}

/** What there is under a name: a shadow, or of a deleted one its last version, which the next one follows. */
export interface ShadowRecord {
  readonly version: number;
  readonly document: ShadowDocument | undefined;
}

/** Why a request is not done; `code` is that of HTTP. */
export interface Rejection {
  readonly code: 400 | 404 | 409 | 413 | 415 | 429;
  readonly message: string;
}

/** A message's content, in AWS's order of members. */
export type Message = { readonly [key: string]: JsonValue };

/** Sections as JSON holds them, `desired` first. */
export function sectionsJson({ desired, reported }: Sections): JsonObject {
  return { ...(desired === undefined ? {} : { desired }), ...(reported === undefined ? {} : { reported }) };
}

/** A document as it stands in `update/documents`: without the delta. */
export function documentJson({ state, metadata, version }: ShadowDocument): JsonObject {
  return { state: sectionsJson(state), metadata: sectionsJson(metadata), version };
}

/** `{"clientToken": …}` where a request brought one. */
export function tokenJson(clientToken: string | undefined): { readonly clientToken?: string } {
  return clientToken === undefined ? {} : { clientToken };
}

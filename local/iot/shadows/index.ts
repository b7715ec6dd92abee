export type { Section, Sections, ShadowDocument } from './document.ts';
export { readShadowCall } from './http-request.ts';
export type { HttpTarget, ShadowCall } from './http-request.ts';
export type { JsonObject, JsonValue } from './json.ts';
export type { ShadowId } from './names.ts';
export { createShadows } from './shadows.ts';
export type { Shadows, ShadowsOptions } from './shadows.ts';
export { readShadowTopic } from './topics.ts';
export type { ShadowOperation, ShadowTopic } from './topics.ts';

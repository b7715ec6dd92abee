import { isUtf8 } from 'node:buffer';
import { SECTIONS, type Rejection, type Section } from './document.ts';
import { isArray, isObject, memberOf, parseJson, type JsonObject, type JsonValue } from './json.ts';

/** Longer tokens are refused, in bytes of UTF-8. */
const MAX_TOKEN_BYTES = 64;

/** Objects and arrays inside each other in a section, the section's own members being the first level. */
const MAX_LEVELS = 6;

/** A request that was read: to update, or to get or delete, which has a token at most. */
export interface UpdateRequest {
  /** As it was sent: null clears both sections. */
  readonly state: JsonObject | null;
  readonly version?: number;
  readonly clientToken?: string;
}

/** What was read, or why it is refused; the token is told as far as it could be read. */
export type Read<Request> =
  | { readonly request: Request }
  | { readonly rejection: Rejection; readonly clientToken?: string };

/** Reads the body of an update. */
export function readUpdate(payload: Uint8Array): Read<UpdateRequest> {
  const body = readBody(payload);
  if ('rejection' in body) return body;
  const token = readToken(body.json);
  if ('rejection' in token) return token;
  const refuse = (message: string): Read<never> => ({ rejection: { code: 400, message }, ...token });
  const state = memberOf(body.json, 'state');
  if (state === undefined) return refuse('Missing required node: state');
  const problem = stateProblem(state);
  if (problem !== undefined) return refuse(problem);
  const version = memberOf(body.json, 'version');
  if (version !== undefined && !isVersion(version)) return refuse('Invalid version');
  return {
    request: {
      state: isObject(state) ? state : null,
      ...(version === undefined ? {} : { version }),
      ...token,
    },
  };
}

/** Reads the body of a get: empty, or an object that may have a token. */
export function readGet(payload: Uint8Array): Read<{ readonly clientToken?: string }> {
  if (payload.length === 0) return { request: {} };
  const body = readBody(payload);
  if ('rejection' in body) return body;
  const token = readToken(body.json);
  return 'rejection' in token ? token : { request: token };
}

/** Reads the body of a delete, which does not matter: a token is taken from it when there is one. */
export function readDelete(payload: Uint8Array): { readonly clientToken?: string } {
  const read = readGet(payload);
  return 'request' in read ? read.request : {};
}

function readBody(payload: Uint8Array): { readonly json: JsonValue } | { readonly rejection: Rejection } {
  if (!isUtf8(payload)) {
    const message = 'Unsupported documented encoding; supported encoding is UTF-8';
    return { rejection: { code: 415, message } };
  }
  try {
    return { json: parseJson(Buffer.from(payload).toString()) };
  } catch {
    // Also a RangeError, for JSON that is nested deeper than the machine's stack.
    return { rejection: { code: 400, message: 'Invalid JSON' } };
  }
}

function readToken(json: JsonValue): { clientToken?: string } | { rejection: Rejection } {
  const token = memberOf(json, 'clientToken');
  if (token === undefined) return {};
  if (typeof token === 'string' && Buffer.byteLength(token) <= MAX_TOKEN_BYTES) return { clientToken: token };
  return { rejection: { code: 400, message: 'Invalid clientToken' } };
}

function isVersion(value: JsonValue): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function stateProblem(state: JsonValue): string | undefined {
  if (state === null) return undefined;
  if (!isObject(state)) return 'State node must be an object';
  for (const [name, section] of Object.entries(state)) {
    if (!isSection(name)) return invalidNode(name);
    if (section === null) continue;
    if (!isObject(section)) return `${name === 'desired' ? 'Desired' : 'Reported'} node must be an object`;
    const problem = levelsProblem(section, 1) ?? nullProblem(section, name);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isSection(name: string): name is Section {
  return SECTIONS.some((section) => section === name);
}

function levelsProblem(value: JsonValue, level: number): string | undefined {
  if (!isObject(value) && !isArray(value)) return undefined;
  if (level > MAX_LEVELS) return `JSON contains too many levels of nesting; maximum is ${MAX_LEVELS}`;
  for (const item of Object.values(value)) {
    const problem = levelsProblem(item, level + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** An array may not hold null at any depth: there is nothing that it could take away there. */
function nullProblem(value: JsonValue, name: string, isInArray = false): string | undefined {
  if (value === null) return isInArray ? invalidNode(name) : undefined;
  if (isArray(value)) {
    return value.map((item) => nullProblem(item, name, true)).find((problem) => problem !== undefined);
  }
  if (!isObject(value)) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const problem = nullProblem(item, key, isInArray);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function invalidNode(name: string): string {
  return `State contains an invalid node: '${name}'`;
}

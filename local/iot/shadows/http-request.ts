import { AwsApiError } from '../../errors.ts';
import { isShadowName, isThingName, type ShadowId } from './names.ts';
import type { ShadowOperation } from './topics.ts';

const SHADOW_PATH = /^\/things\/([^/]+)\/shadow$/;
const LIST_PATH = /^\/api\/things\/shadow\/ListNamedShadowsForThing\/([^/]+)$/;

/** A call of the data plane that is about shadows, with the policy action that it needs on the thing. */
export type ShadowCall =
  | {
      readonly operation: ShadowOperation;
      readonly action: 'iot:GetThingShadow' | 'iot:UpdateThingShadow' | 'iot:DeleteThingShadow';
      readonly id: ShadowId;
    }
  | {
      readonly operation: 'list';
      readonly action: 'iot:ListNamedShadowsForThing';
      readonly thingName: string;
    };

const CALLS = {
  GET: { operation: 'get', action: 'iot:GetThingShadow' },
  POST: { operation: 'update', action: 'iot:UpdateThingShadow' },
  DELETE: { operation: 'delete', action: 'iot:DeleteThingShadow' },
} as const;

/** What of an HTTP request says which call it is. */
export interface HttpTarget {
  readonly method: string;
  /** Still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * Reads which call to shadows a request is; undefined for every other path.
 *
 * @throws AwsApiError InvalidRequestException for a name that cannot be, MethodNotAllowedException for a
 *   method that shadows do not know
 */
export function readShadowCall({ method, path, query }: HttpTarget): ShadowCall | undefined {
  const listed = LIST_PATH.exec(path)?.[1];
  if (listed !== undefined) {
    if (method !== 'GET') throw notAllowed(method, path);
    return {
      operation: 'list',
      action: 'iot:ListNamedShadowsForThing',
      thingName: readThingName(listed),
    };
  }
  const encoded = SHADOW_PATH.exec(path)?.[1];
  if (encoded === undefined) return undefined;
  if (!isMethod(method)) throw notAllowed(method, path);
  const thingName = readThingName(encoded);
  const shadowName = query.get('name');
  if (shadowName === null) return { ...CALLS[method], id: { thingName } };
  if (!isShadowName(shadowName)) throw invalid(`The shadow name "${shadowName}" is not valid`);
  return { ...CALLS[method], id: { thingName, shadowName } };
}

function isMethod(method: string): method is keyof typeof CALLS {
  return Object.hasOwn(CALLS, method);
}

function readThingName(encoded: string): string {
  let thingName: string;
  try {
    thingName = decodeURIComponent(encoded);
  } catch {
    throw invalid(`The thing name "${encoded}" is not URL-encoded text`);
  }
  if (!isThingName(thingName)) throw invalid(`The thing name "${thingName}" is not valid`);
  return thingName;
}

export function invalid(problem: string): AwsApiError {
  return new AwsApiError(400, 'InvalidRequestException', `${problem}.`);
}

function notAllowed(method: string, path: string): AwsApiError {
  return new AwsApiError(405, 'MethodNotAllowedException', `${method} is not allowed on ${path}.`);
}

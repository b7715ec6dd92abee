import { ConfigurationError } from '../errors.ts';

/** What an HTTP API answers, and by which function. */
export interface HttpRoute {
  /** `GET /readings/{id}`, `ANY /{proxy+}`, or `$default`. */
  readonly routeKey: string;
  readonly functionName: string;
}

export interface MatchedRoute {
  readonly route: HttpRoute;
  /** Decoded, by name; undefined where the route has none. */
  readonly pathParameters?: Readonly<Record<string, string>>;
}

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

/** A part of a path, the narrowest kind first: text, `{name}`, `{name+}`. */
type Segment = { readonly rank: 0; readonly text: string } | { readonly rank: 1 | 2; readonly name: string };

interface Compiled {
  readonly route: HttpRoute;
  /** `ANY` for all. */
  readonly method: string;
  readonly segments: readonly Segment[];
}

const ROUTE_KEY = new RegExp(`^(${METHODS.join('|')}|ANY) (/.*)$`);
const PARAMETER = /^\{([\w.:-]+)(\+?)\}$/;

/** A router finds the route of a request; `path` is percent-encoded, without the query. */
export type Router = (method: string, path: string) => MatchedRoute | undefined;

/**
 * Compiles routes. Of those that fit, the one counts that is narrowest from the left: a text before a parameter,
 * a parameter before a greedy one, then the method by its name before ANY; `$default` takes what is left.
 *
 * @throws ConfigurationError ROUTE_UNUSABLE for a route that cannot be or that is there twice.
 */
export function compileRoutes(routes: readonly HttpRoute[]): Router {
  const compiled: Compiled[] = [];
  let fallback: HttpRoute | undefined;
  const known = new Set<string>();
  for (const route of routes) {
    const { routeKey } = route;
    if (known.has(routeKey)) throw unusable(route, 'it is there twice');
    known.add(routeKey);
    if (routeKey === '$default') fallback = route;
    else compiled.push(compileRoute(route));
  }
  compiled.sort(compareRoutes);
  return (method, path) => {
    const parts = path.slice(1).split('/');
    for (const { route, method: wanted, segments } of compiled) {
      if (wanted !== 'ANY' && wanted !== method) continue;
      const values = match(segments, parts);
      if (values === undefined) continue;
      return { route, ...(Object.keys(values).length === 0 ? {} : { pathParameters: values }) };
    }
    return fallback === undefined ? undefined : { route: fallback };
  };
}

function compileRoute(route: HttpRoute): Compiled {
  const [, method, path] = ROUTE_KEY.exec(route.routeKey) ?? [];
  if (method === undefined || path === undefined) {
    throw unusable(route, `a route is a method, a space and a path, "GET /readings", or $default`);
  }
  const parts = path.slice(1).split('/');
  const segments = parts.map((part, at): Segment => {
    const [, name, greedy] = PARAMETER.exec(part) ?? [];
    if (name === undefined) {
      if (/[{}]/.test(part)) throw unusable(route, `"${part}" is neither text nor one {parameter}`);
      return { rank: 0, text: decode(part) ?? part };
    }
    if (greedy === '+' && at !== parts.length - 1) throw unusable(route, `"${part}" has to be the last part`);
    return { rank: greedy === '+' ? 2 : 1, name };
  });
  const names = segments.flatMap((segment) => (segment.rank === 0 ? [] : [segment.name]));
  if (new Set(names).size < names.length) throw unusable(route, 'a parameter is there twice');
  return { route, method, segments };
}

function compareRoutes(one: Compiled, other: Compiled): number {
  for (const [at, { rank }] of one.segments.entries()) {
    const against = other.segments[at]?.rank;
    if (against === undefined) break;
    if (rank !== against) return rank - against;
  }
  const byLength = other.segments.length - one.segments.length;
  return byLength === 0 ? Number(one.method === 'ANY') - Number(other.method === 'ANY') : byLength;
}

/** The values of the parameters; undefined when the path is another one. */
function match(
  segments: readonly Segment[],
  parts: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const isGreedy = segments.at(-1)?.rank === 2;
  if (isGreedy ? parts.length < segments.length : parts.length !== segments.length) return undefined;
  const values: Record<string, string> = {};
  for (const [at, segment] of segments.entries()) {
    const text = segment.rank === 2 ? parts.slice(at).join('/') : (parts[at] ?? '');
    const value = decode(text);
    if (value === undefined) return undefined;
    if (segment.rank === 0) {
      if (segment.text !== value) return undefined;
    } else {
      if (value === '') return undefined;
      values[segment.name] = value;
    }
  }
  return values;
}

/** Percent-decodes; undefined for what is not UTF-8. */
export function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function unusable({ routeKey, functionName }: HttpRoute, why: string): ConfigurationError {
  return new ConfigurationError(
    `the httpApi route "${routeKey}" of ${functionName} cannot be served: ${why}`,
    { code: 'ROUTE_UNUSABLE', data: { routeKey, functionName } },
  );
}

/** Finds a value in an event; undefined when it is not there. */
export type JsonPath = (event: unknown) => unknown;

const MAX_LENGTH = 256;

/** `.name`, `[0]`, `['name']` or `["name"]` */
const STEP = /\.([^.[\]'"*\s()?@]+)|\[(\d{1,9})\]|\['([^']*)'\]|\["([^"]*)"\]/y;

/**
 * Compiles a JSON path of one value: `$`, `$.detail.state`, `$.resources[0]`, `$.detail['instance-id']`.
 *
 * @returns undefined when it is no such path; wildcards, filters and `..` are none.
 */
export function compileJsonPath(path: string): JsonPath | undefined {
  if (!path.startsWith('$') || path.length > MAX_LENGTH) return undefined;
  const keys: string[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < path.length) {
    const found = STEP.exec(path);
    if (found === null) return undefined;
    keys.push(found.slice(1).find((part) => part !== undefined) ?? '');
  }
  return (event) => keys.reduce(step, event);
}

function step(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}

import type { Binding } from './bindings.ts';

/** An operation that was found, with the labels of its path, percent-decoded. */
export interface Route {
  readonly binding: Binding;
  readonly labels: Readonly<Record<string, string>>;
}

/** One level of the tree of paths: what stands there literally comes before a label. */
interface Level {
  readonly literals: Map<string, Level>;
  label: Level | undefined;
  /** Operations that end here, by method. */
  readonly ends: Map<string, Binding>;
  /** Operations whose last label takes all that is left, by method. */
  readonly rests: Map<string, Binding>;
}

/** Finds operations by method and path. */
export class RouteTable {
  readonly #root = newLevel();

  constructor(bindings: Iterable<Binding>) {
    for (const binding of bindings) this.#add(binding);
  }

  /**
   * Finds the operation of a request.
   *
   * @param path still percent-encoded: an encoded slash belongs to a label.
   * @returns undefined when there is none, or when the path's percent-encoding is broken.
   */
  find(method: string, path: string): Route | undefined {
    const segments = splitPath(path);
    const found = findIn(this.#root, method, segments, 0);
    if (found === undefined) return undefined;
    const labels: Record<string, string> = {};
    const templates = splitPath(found.uri);
    for (const [index, template] of templates.entries()) {
      if (!template.startsWith('{')) continue;
      const takesRest = template.endsWith('+}');
      const encoded = takesRest ? segments.slice(index).join('/') : (segments[index] ?? '');
      const value = decode(encoded);
      if (value === undefined) return undefined;
      labels[template.slice(1, takesRest ? -2 : -1)] = value;
    }
    return { binding: found, labels };
  }

  #add(binding: Binding): void {
    let level = this.#root;
    for (const segment of splitPath(binding.uri)) {
      if (segment.endsWith('+}')) {
        level.rests.set(binding.method, binding);
        return;
      }
      if (segment.startsWith('{')) {
        level.label ??= newLevel();
        level = level.label;
        continue;
      }
      let next = level.literals.get(segment);
      if (next === undefined) {
        next = newLevel();
        level.literals.set(segment, next);
      }
      level = next;
    }
    level.ends.set(binding.method, binding);
  }
}

function findIn(
  level: Level,
  method: string,
  segments: readonly string[],
  index: number,
): Binding | undefined {
  const segment = segments[index];
  if (segment === undefined) return level.ends.get(method);
  const literal = level.literals.get(segment);
  const exact = literal === undefined ? undefined : findIn(literal, method, segments, index + 1);
  if (exact !== undefined) return exact;
  const labelled =
    level.label === undefined || segment === ''
      ? undefined
      : findIn(level.label, method, segments, index + 1);
  return labelled ?? level.rests.get(method);
}

function newLevel(): Level {
  return { literals: new Map(), label: undefined, ends: new Map(), rests: new Map() };
}

function splitPath(path: string): string[] {
  const parts = path.split('/').slice(1);
  // SDKs of other languages end some paths with a slash.
  return parts.length > 1 && parts.at(-1) === '' ? parts.slice(0, -1) : parts;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

interface Level<T> {
  /** Levels that are written out, by their text. */
  readonly named: Map<string, Level<T>>;
  /** The level below `+`. */
  any: Level<T> | undefined;
  /** Values whose filter ends here. */
  readonly here: Set<T>;
  /** Values whose filter has a `#` below this level. */
  readonly rest: Set<T>;
}

/**
 * Values filed under topic filters. Finding those that match a topic walks the topic's levels: it costs as
 * much with a hundred thousand filters as with ten. Agrees with `matches` for every valid filter and topic.
 */
export class TopicTrie<T> {
  readonly #root: Level<T> = emptyLevel();

  /** Files a value under a filter; the same value under the same filter counts once. */
  add(filter: string, value: T): void {
    let level = this.#root;
    for (const text of filter.split('/')) {
      if (text === '#') {
        level.rest.add(value);
        return;
      }
      level = text === '+' ? (level.any ??= emptyLevel()) : namedLevel(level, text);
    }
    level.here.add(value);
  }

  /** Takes a value away from a filter; returns whether it was there. Levels that fall empty are given back. */
  remove(filter: string, value: T): boolean {
    return removeBelow(this.#root, filter.split('/'), 0, value);
  }

  /** The values of every filter that matches the topic, once for each of their matching filters. */
  match(topic: string): T[] {
    const found: T[] = [];
    collect(this.#root, topic, 0, topic.startsWith('$'), found);
    return found;
  }
}

function emptyLevel<T>(): Level<T> {
  return { named: new Map(), any: undefined, here: new Set(), rest: new Set() };
}

function namedLevel<T>(level: Level<T>, text: string): Level<T> {
  const known = level.named.get(text);
  if (known !== undefined) return known;
  const added = emptyLevel<T>();
  level.named.set(text, added);
  return added;
}

/** `start` is where the topic's next level begins; past the end of the topic there is none. */
function collect<T>(level: Level<T>, topic: string, start: number, isReserved: boolean, found: T[]): void {
  if (start > topic.length) {
    for (const value of level.here) found.push(value);
    return;
  }
  const slash = topic.indexOf('/', start);
  const end = slash === -1 ? topic.length : slash;
  const wildcardsApply = start > 0 || !isReserved;
  if (wildcardsApply) for (const value of level.rest) found.push(value);
  const named = level.named.get(topic.slice(start, end));
  if (named !== undefined) collect(named, topic, end + 1, isReserved, found);
  if (wildcardsApply && level.any !== undefined) collect(level.any, topic, end + 1, isReserved, found);
}

function removeBelow<T>(level: Level<T>, filterLevels: readonly string[], index: number, value: T): boolean {
  const text = filterLevels[index];
  if (text === undefined) return level.here.delete(value);
  if (text === '#') return level.rest.delete(value);
  const below = text === '+' ? level.any : level.named.get(text);
  if (below === undefined || !removeBelow(below, filterLevels, index + 1, value)) return false;
  if (isEmpty(below)) {
    if (text === '+') level.any = undefined;
    else level.named.delete(text);
  }
  return true;
}

function isEmpty<T>(level: Level<T>): boolean {
  return level.here.size + level.rest.size + level.named.size === 0 && level.any === undefined;
}

import { textProblem } from './topic-name.ts';

const SHARE_PREFIX = '$share/';

/** AWS's limit for the name of a shared subscription. */
const MAX_SHARE_NAME_CHARACTERS = 128;

/** A subscription whose messages are dealt out among the members of a group. */
export interface SharedFilter {
  readonly shareName: string;
  /** The filter that topics are matched against. */
  readonly filter: string;
}

/** Reads `$share/<shareName>/<filter>`; undefined for every other filter. A part that is missing is empty. */
export function readSharedFilter(filter: string): SharedFilter | undefined {
  if (!filter.startsWith(SHARE_PREFIX)) return undefined;
  const end = filter.indexOf('/', SHARE_PREFIX.length);
  if (end === -1) return { shareName: filter.slice(SHARE_PREFIX.length), filter: '' };
  return { shareName: filter.slice(SHARE_PREFIX.length, end), filter: filter.slice(end + 1) };
}

/**
 * Why this is not a topic filter, as a clause that follows "the topic filter …"; undefined when it is one.
 * Source: MQTT 3.1.1 §4.7.1, MQTT 5 §4.8.2 for `$share`, AWS IoT's quotas; `$share/<name>/` does not count
 * towards the limits.
 */
export function topicFilterProblem(filter: string): string | undefined {
  const shared = readSharedFilter(filter);
  if (shared === undefined) return textProblem(filter) ?? wildcardProblem(filter);
  if (shared.shareName === '' || shared.shareName.includes('+') || shared.shareName.includes('#')) {
    return 'needs a share name without wildcards after $share/';
  }
  if (shared.shareName.length > MAX_SHARE_NAME_CHARACTERS) {
    return `has a share name of more than ${MAX_SHARE_NAME_CHARACTERS} characters`;
  }
  return textProblem(shared.filter) ?? wildcardProblem(shared.filter);
}

function wildcardProblem(filter: string): string | undefined {
  const levels = filter.split('/');
  for (const [index, level] of levels.entries()) {
    if (level.length > 1 && (level.includes('+') || level.includes('#'))) {
      return `mixes a wildcard with other characters in the level "${level}"`;
    }
    if (level === '#' && index < levels.length - 1) return 'has a # that is not its last level';
  }
  return undefined;
}

/**
 * Whether a valid filter takes a valid topic, as AWS IoT decides it. Unlike MQTT 3.1.1 §4.7.1.2, `a/#` does
 * not take `a` itself; a wildcard in the first level takes no topic that begins with `$` (§4.7.2).
 */
export function matches(filter: string, topic: string): boolean {
  const filterLevels = filter.split('/');
  const topicLevels = topic.split('/');
  const first = filterLevels[0];
  if ((first === '+' || first === '#') && topic.startsWith('$')) return false;
  for (const [index, level] of filterLevels.entries()) {
    const topicLevel = topicLevels[index];
    if (topicLevel === undefined) return false;
    if (level === '#') return true;
    if (level !== '+' && level !== topicLevel) return false;
  }
  return filterLevels.length === topicLevels.length;
}

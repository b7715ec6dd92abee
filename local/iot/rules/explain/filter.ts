import { matches } from '../../topics/topic-filter.ts';

/** One level of a filter beside the level of the topic that it is held against. */
export interface ExplainedLevel {
  /** Undefined where the topic has more levels than the filter. */
  readonly filter: string | undefined;
  /** What the filter's level takes: one level, the rest of the topic for `#`, or undefined for nothing. */
  readonly topic: string | undefined;
  readonly matches: boolean;
}

export interface ExplainedFilter {
  readonly filter: string;
  readonly topic: string;
  readonly matches: boolean;
  readonly levels: readonly ExplainedLevel[];
  /** What AWS IoT does here that one may not expect. */
  readonly note?: string;
}

/** Holds a topic against a valid filter, level by level. Agrees with `matches`. */
export function explainFilter(filter: string, topic: string): ExplainedFilter {
  const filterLevels = filter.split('/');
  const topicLevels = topic.split('/');
  const levels: ExplainedLevel[] = [];
  for (const [index, level] of filterLevels.entries()) {
    if (level === '#') {
      const rest = index < topicLevels.length ? topicLevels.slice(index).join('/') : undefined;
      levels.push({
        filter: level,
        topic: rest,
        matches: rest !== undefined && !isKeptOut(index, level, topic),
      });
      return finish();
    }
    const own = topicLevels[index];
    const takes = own !== undefined && (level === '+' ? !isKeptOut(index, level, topic) : level === own);
    levels.push({ filter: level, topic: own, matches: takes });
  }
  for (const own of topicLevels.slice(filterLevels.length)) {
    levels.push({ filter: undefined, topic: own, matches: false });
  }
  return finish();

  function finish(): ExplainedFilter {
    const note = noteOn(filter, topic);
    return {
      filter,
      topic,
      matches: matches(filter, topic),
      levels,
      ...(note === undefined ? {} : { note }),
    };
  }
}

/** MQTT 3.1.1 §4.7.2: a wildcard in the first level takes no topic that begins with `$`. */
function isKeptOut(index: number, level: string, topic: string): boolean {
  return index === 0 && (level === '+' || level === '#') && topic.startsWith('$');
}

function noteOn(filter: string, topic: string): string | undefined {
  if (matches(filter, topic)) return undefined;
  if (filter === `${topic}/#`)
    return `on AWS IoT "${filter}" does not take "${topic}" itself, unlike in MQTT`;
  if (/^[+#]/.test(filter) && topic.startsWith('$')) {
    return 'a wildcard in the first level takes no topic that begins with $';
  }
  if (filter.startsWith('/') !== topic.startsWith('/')) return 'a leading slash begins with an empty level';
  if (filter.toLowerCase() === topic.toLowerCase()) return 'topics are case-sensitive';
  return undefined;
}

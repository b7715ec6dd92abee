/** UTF-8 bytes of a topic name or filter that AWS IoT takes. */
export const MAX_TOPIC_BYTES = 256;

/** Slashes in a topic name or filter: eight levels. */
export const MAX_TOPIC_SLASHES = 7;

const BASIC_INGEST_PREFIX = '$aws/rules/';

/** A message sent straight to one rule, past the broker. */
export interface BasicIngest {
  readonly ruleName: string;
  /** The topic as the rule sees it: without `$aws/rules/<ruleName>/`; empty when nothing follows the rule's name. */
  readonly topic: string;
}

/** Reads a Basic Ingest topic `$aws/rules/<ruleName>[/…]`; undefined for every other topic. */
export function readBasicIngest(topic: string): BasicIngest | undefined {
  if (!topic.startsWith(BASIC_INGEST_PREFIX)) return undefined;
  const end = topic.indexOf('/', BASIC_INGEST_PREFIX.length);
  if (end === -1) return { ruleName: topic.slice(BASIC_INGEST_PREFIX.length), topic: '' };
  return { ruleName: topic.slice(BASIC_INGEST_PREFIX.length, end), topic: topic.slice(end + 1) };
}

/**
 * Why a message cannot be published on this topic, as a clause that follows "the topic …"; undefined when it
 * can. Source: MQTT 3.1.1 §4.7 and AWS IoT's quotas; `$aws/rules/<ruleName>/` does not count towards the limits.
 */
export function topicNameProblem(topic: string): string | undefined {
  if (topic.includes('+') || topic.includes('#')) {
    return 'holds a wildcard (+ or #), which only topic filters may hold';
  }
  const basicIngest = readBasicIngest(topic);
  if (basicIngest?.ruleName === '') return 'names no rule after $aws/rules/';
  if (basicIngest?.topic === '') return undefined;
  return textProblem(basicIngest?.topic ?? topic);
}

/** What topic names and topic filters have in common. */
export function textProblem(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (text.includes('\u0000') || !text.isWellFormed())
    return 'is not text that MQTT can carry (UTF-8 without U+0000)';
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_TOPIC_BYTES) return `is ${bytes} bytes long; AWS IoT takes ${MAX_TOPIC_BYTES}`;
  const slashes = countSlashes(text);
  if (slashes > MAX_TOPIC_SLASHES) return `has ${slashes} slashes; AWS IoT takes ${MAX_TOPIC_SLASHES}`;
  return undefined;
}

function countSlashes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('/'); at !== -1; at = text.indexOf('/', at + 1)) count += 1;
  return count;
}

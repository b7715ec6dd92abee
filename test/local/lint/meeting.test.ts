import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matches } from '../../../local/iot/topics/topic-filter.ts';
import { filterMeetsPattern, filtersMeet } from '../../../local/lint/meeting.ts';
import { compileWildcard } from '../../../local/wildcard.ts';

const SEED = 20261121;

test.each<[string, string, boolean]>([
  ['a', 'a', true],
  ['a', 'b', false],
  ['a', 'a/#', false],
  ['a/', 'a/#', true],
  ['a/b/c', 'a/#', true],
  ['/a', 'a', false],
  ['/a', '+/a', true],
  ['a/+', '+/b', true],
  ['a/+/c', 'a/b', false],
  ['#', '$aws/events/x', false],
  ['+/events/#', '$aws/events/#', false],
  ['$aws/+/x', '$aws/events/#', true],
  ['#', '+', true],
])('%s and %s: %s.', (one, other, meet) => {
  expect(filtersMeet(one, other)).toBe(meet);
  expect(filtersMeet(other, one)).toBe(meet);
});

test.each<[filter: string, pattern: string, boolean]>([
  ['a/b', 'a/b', true],
  ['a/b', 'a/*', true],
  ['a/b', '*', true],
  ['a/+', 'a/b', true],
  ['a/+', 'a/b/c', false],
  ['a/#', 'a', false],
  ['a/#', 'a/b/c', true],
  ['/a/b', 'a/*', false],
  ['a/b', 'a/?', true],
  ['a/bc', 'a/?', false],
  ['a/+/c', 'a/*/d', false],
  ['sensors/+/lux', 'sensors/*', true],
  ['Greenhouse/LuxSensors', 'Greenhouse/*', true],
  ['/topic/Greenhouse/LuxSensors', 'topic/Greenhouse/*', false],
])('The filter %s and the pattern %s: %s.', (filter, pattern, meet) => {
  expect(filterMeetsPattern(filter, pattern)).toBe(meet);
});

const level = fc.constantFrom('a', 'b', '', 'ab');
const topics = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
const filters = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, isOpen]) => [...levels, ...(isOpen ? ['#'] : [])].join('/'));
const patterns = fc
  .array(fc.constantFrom('a', 'b', '/', '*', '?'), { maxLength: 7 })
  .map((characters) => characters.join(''));

test('What takes one topic meets there.', () => {
  fc.assert(
    fc.property(topics, filters, filters, patterns, (topic, one, other, pattern) => {
      const isTaken = matches(one, topic);
      const isShared = isTaken && matches(other, topic);
      const isAllowed = isTaken && compileWildcard(pattern)(topic);
      expect(!isShared || filtersMeet(one, other)).toBe(true);
      expect(!isAllowed || filterMeetsPattern(one, pattern)).toBe(true);
    }),
    { seed: SEED, numRuns: 3_000 },
  );
});

/** Every topic of these levels; long enough to hold a meeting of short filters, if there is one. */
function everyTopic(levels: readonly string[], length: number): string[] {
  if (length === 0) return [];
  const shorter = everyTopic(levels, length - 1);
  return [...levels, ...shorter.flatMap((rest) => levels.map((first) => `${first}/${rest}`))];
}

test('What meets takes one topic.', () => {
  const all = everyTopic(['a', 'b', '', 'ab', 'x'], 5);
  fc.assert(
    fc.property(filters, filters, (one, other) => {
      expect(filtersMeet(one, other)).toBe(all.some((topic) => matches(one, topic) && matches(other, topic)));
    }),
    { seed: SEED, numRuns: 150 },
  );
});

test('A pattern as long as a policy may have is decided at once.', () => {
  expect(filterMeetsPattern('+/+/+/+/+/+/+/#', '*a'.repeat(1_000))).toBe(true);
  expect(filterMeetsPattern(`${'a'.repeat(250)}/b`, `${'*a'.repeat(1_000)}c`)).toBe(false);
});

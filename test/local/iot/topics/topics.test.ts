import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { matches, readSharedFilter, topicFilterProblem } from '../../../../local/iot/topics/topic-filter.ts';
import { readBasicIngest, topicNameProblem } from '../../../../local/iot/topics/topic-name.ts';
import { TopicTrie } from '../../../../local/iot/topics/topic-trie.ts';

test.each([
  ['a', 'a', true],
  ['a', 'A', false],
  ['a/#', 'a', false],
  ['a/#', 'a/', true],
  ['a/#', 'a/b/c', true],
  ['#', 'a', true],
  ['#', '/a', true],
  ['#', '$aws/events/presence/connected/c', false],
  ['+/events', '$aws/events', false],
  ['$aws/#', '$aws/events', true],
  ['$aws/+', '$aws/$x', true],
  ['+', 'a/b', false],
  ['+/+', '/a', true],
  ['/+', '/a', true],
  ['a/+', 'a', false],
  ['a/+', 'a/', true],
  ['a/b', 'a/b/', false],
  ['a/b', '/a/b', false],
  ['+/b/#', 'a/b/c', true],
  ['+/b/#', 'a/b', false],
])('The filter %s and the topic %s match: %s.', (filter, topic, expected) => {
  const trie = new TopicTrie<string>();
  trie.add(filter, 'value');
  expect(matches(filter, topic)).toBe(expected);
  expect(trie.match(topic)).toEqual(expected ? ['value'] : []);
});

test.each([
  ['', 'empty'],
  ['a/+', 'wildcard'],
  ['a#', 'wildcard'],
  ['a\u0000b', 'U+0000'],
  ['a\ud800', 'UTF-8'],
  ['ü'.repeat(129), '258 bytes'],
  ['/'.repeat(8), '8 slashes'],
  ['$aws/rules/', 'no rule'],
  [`$aws/rules/r/${'/'.repeat(8)}`, '8 slashes'],
])('The topic name %j is refused: %s.', (topic, reason) => {
  expect(topicNameProblem(topic)).toContain(reason);
});

test.each([
  'a',
  '/',
  'ü'.repeat(128),
  '/'.repeat(7),
  '$aws/rules/r',
  '$aws/rules/r/',
  `$aws/rules/r${'/'.repeat(8)}`,
])('The topic name %j is taken.', (topic) => {
  expect(topicNameProblem(topic)).toBeUndefined();
});

test.each([
  ['', 'empty'],
  ['a/#/b', 'last level'],
  ['a/b#', 'mixes'],
  ['a+/b', 'mixes'],
  ['##', 'mixes'],
  ['x'.repeat(257), '257 bytes'],
  ['+/'.repeat(8), '8 slashes'],
  ['$share/group', 'empty'],
  ['$share//a', 'share name'],
  ['$share/+/a', 'share name'],
  [`$share/${'x'.repeat(129)}/a`, '128 characters'],
  ['$share/group/a/#/b', 'last level'],
])('The topic filter %j is refused: %s.', (filter, reason) => {
  expect(topicFilterProblem(filter)).toContain(reason);
});

test.each([
  '#',
  '+',
  '/+/#',
  'a b',
  '$share/group/+/#',
  `$share/group/${'/'.repeat(7)}`,
  `$share/${'x'.repeat(128)}/a`,
])('The topic filter %j is taken.', (filter) => {
  expect(topicFilterProblem(filter)).toBeUndefined();
});

test('A shared filter is taken apart.', () => {
  expect(readSharedFilter('$share/group/a/+')).toEqual({ shareName: 'group', filter: 'a/+' });
  expect(readSharedFilter('a/+')).toBeUndefined();
});

test('A Basic Ingest topic is taken apart.', () => {
  expect(readBasicIngest('$aws/rules/store/a/b')).toEqual({ ruleName: 'store', topic: 'a/b' });
  expect(readBasicIngest('$aws/rules/store')).toEqual({ ruleName: 'store', topic: '' });
  expect(readBasicIngest('$aws/things/a')).toBeUndefined();
});

const level = fc.constantFrom('', 'a', 'b', '$a', '$aws');
const topics = fc.array(level, { minLength: 1, maxLength: 5 }).map((levels) => levels.join('/'));
const filters = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 }), fc.constantFrom('#', '+', 'a', ''))
  .map(([levels, last]) => [...levels, last].join('/'));

test('The trie finds exactly the filters that match, whatever was removed before.', () => {
  fc.assert(
    fc.property(fc.array(filters, { maxLength: 30 }), fc.array(filters), topics, (added, removed, topic) => {
      const trie = new TopicTrie<string>();
      const kept = new Set(added);
      for (const filter of added) trie.add(filter, filter);
      for (const filter of removed) expect(trie.remove(filter, filter)).toBe(kept.delete(filter));
      expect(trie.match(topic).sort()).toEqual([...kept].filter((filter) => matches(filter, topic)).sort());
    }),
    { numRuns: 500 },
  );
});

test('A value is removed from its own filter alone, and once.', () => {
  const trie = new TopicTrie<number>();
  trie.add('a/+/b', 1);
  trie.add('a/+/b', 2);
  expect(trie.remove('a/+/b', 1)).toBe(true);
  expect(trie.match('a/x/b')).toEqual([2]);
  expect(trie.remove('a/+/b', 2)).toBe(true);
  expect(trie.remove('a/+/b', 2)).toBe(false);
  expect(trie.match('a/x/b')).toEqual([]);
});

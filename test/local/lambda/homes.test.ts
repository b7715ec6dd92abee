import { expect, test } from 'vitest';
import { Homes } from '../../../local/lambda/homes.ts';

test('A key is found where it was last.', () => {
  const homes = new Homes<string>();
  homes.set('a', 'first');
  homes.set('a', 'second');
  expect([homes.of('a'), homes.of('b'), homes.of(undefined)]).toEqual(['second', undefined, undefined]);
});

test('What ran without a key is not remembered.', () => {
  const homes = new Homes<string>();
  homes.set(undefined, 'first');
  expect(homes.of(undefined)).toBeUndefined();
});

test('A place that has gone is forgotten with all its keys.', () => {
  const homes = new Homes<string>();
  homes.set('a', 'first');
  homes.set('b', 'second');
  homes.forget('first');
  expect([homes.of('a'), homes.of('b')]).toEqual([undefined, 'second']);
});

test('Of more than 10,000 keys the oldest are forgotten.', () => {
  const homes = new Homes<number>();
  for (let key = 0; key < 10_005; key += 1) homes.set(`${key}`, key);
  expect([homes.of('4'), homes.of('5'), homes.of('10004')]).toEqual([undefined, 5, 10_004]);
});

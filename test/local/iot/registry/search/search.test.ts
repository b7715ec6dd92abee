import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseQuery } from '../../../../../local/iot/registry/search/parser.ts';
import type { PatternPart, Query, ValueTest } from '../../../../../local/iot/registry/search/query.ts';
import { openRegistry } from '../../api/support.ts';
import { type Document, matchesDocument } from './model.ts';
import { printQuery } from './print-query.ts';

const SHADOWS = { thingIndexingMode: 'REGISTRY_AND_SHADOW', thingConnectivityIndexingMode: 'STATUS' };

function openIndexed() {
  const opened = openRegistry({ limits: { queryTerms: 100, queryLength: 10_000 } });
  const { registry } = opened;
  registry.index.configurations.update({ thingIndexingConfiguration: SHADOWS });
  const search = (queryString: string, maxResults = 500): string[] => {
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const { things } = registry.index.search({ queryString, maxResults, nextToken });
      names.push(...things.items.map(({ thingName }) => thingName));
      ({ nextToken } = things);
    } while (nextToken !== undefined);
    return names;
  };
  return { ...opened, search };
}

/** Things of a small house. */
function openHouse() {
  const opened = openIndexed();
  const { registry } = opened;
  registry.thingTypes.create('Light', undefined, []);
  registry.thingGroups.create({ thingGroupName: 'hall', tags: [] });
  const create = (thingName: string, attributes: Record<string, string>, thingTypeName?: string) =>
    registry.things.create({ thingName, thingTypeName, attributePayload: { attributes } });
  registry.memberships.add(
    create('lamp-1', { watt: '9', colour: 'Red' }, 'Light'),
    registry.thingGroups.require('hall'),
  );
  create('lamp-2', { watt: '40', colour: 'red-ish', serial: '007' }, 'Light');
  create('door', { colour: 'green', zone: 'x/y' });
  registry.indexShadow('door', undefined, {
    desired: { open: true, list: ['blah', 2.5] },
    reported: { open: false, place: 'New York', depth: { a: { b: 10.0 } } },
    delta: { open: true },
  });
  registry.indexConnectivity('door', { connected: true, timestamp: 1_557_651_600_000 });
  registry.indexConnectivity('lamp-1', { connected: false, disconnectReason: 'CONNECTION_LOST' });
  return opened;
}

test.each([
  ['thingName:lamp-1', ['lamp-1']],
  ['thingName:LAMP*', ['lamp-1', 'lamp-2']],
  ['thingName:lamp-?', ['lamp-1', 'lamp-2']],
  ['thingName:*r', ['door']],
  ['thingTypeName:light', ['lamp-1', 'lamp-2']],
  ['thingGroupNames:hall', ['lamp-1']],
  ['attributes.colour:red', ['lamp-1']],
  ['attributes.colour:red*', ['lamp-1', 'lamp-2']],
  ['attributes.colour:*', ['lamp-1', 'lamp-2', 'door']],
  ['attributes.watt>9', ['lamp-2']],
  ['attributes.watt>=9 AND attributes.watt<40', ['lamp-1']],
  ['attributes.watt:[9 TO 40}', ['lamp-1']],
  ['attributes.watt:{9 TO *]', ['lamp-2']],
  ['attributes.colour:["green" TO "red"]', ['lamp-1', 'door']],
  ['attributes.watt:9.0', ['lamp-1']],
  ['attributes.serial:7', []],
  ['attributes.serial:007', ['lamp-2']],
  ['attributes.zone:"x/y"', ['door']],
  ['NOT attributes.watt:*', ['door']],
  ['-thingName:door', ['lamp-1', 'lamp-2']],
  ['thingName:(lamp* AND -lamp-2)', ['lamp-1']],
  ['attributes.colour:(green OR red)', ['lamp-1', 'door']],
  ['attributes.colour:green OR attributes.watt:40', ['lamp-2', 'door']],
  ['green', ['door']],
  ['re*', ['lamp-1', 'lamp-2']],
  ['*', ['lamp-1', 'lamp-2', 'door']],
  ['shadow.reported.place:"new york"', ['door']],
  ['shadow.reported.place:york', ['door']],
  ['shadow.reported.place:"york new"', []],
  ['shadow.reported.depth.a.b:10', ['door']],
  ['shadow.reported.depth:*', ['door']],
  ['shadow.desired.list:blah', ['door']],
  ['shadow.desired.list>2', ['door']],
  ['shadow.hasDelta:true', ['door']],
  ['shadow.reported.open:false', ['door']],
  ['connectivity.connected:true', ['door']],
  ['connectivity.timestamp>1557651500000 AND connectivity.timestamp<1557651700000', ['door']],
  ['connectivity.disconnectReason:CONNECTION_LOST', ['lamp-1']],
  ['attributes.none:x', []],
])('%s finds %j.', (query, expected) => {
  const { registry, search } = openHouse();
  expect(search(query)).toEqual(expected);
  expect(search(query, 1)).toEqual(expected);
  registry.close();
});

test.each([
  ['colour:red', 'there is no such field'],
  ['thingname:lamp', 'there is no such field'],
  ['shadow.version:1', 'there is no such field'],
  ['shadow.name.door.reported.x:1', 'the named shadow door is not indexed'],
  ['deviceDefender.violations:1', 'there is no such field'],
])('%s is refused: %s.', (query, reason) => {
  const { registry, search } = openHouse();
  expect(() => search(query)).toThrow(expect.objectContaining({ code: 'InvalidQueryException' }));
  expect(() => search(query)).toThrow(reason);
  registry.close();
});

test('Shadows and connections are searched only while they are indexed, also by a term without a field.', () => {
  const { registry, search } = openHouse();
  const things = { thingIndexingMode: 'REGISTRY' };
  registry.index.configurations.update({ thingIndexingConfiguration: things });
  expect(() => search('shadow.hasDelta:true')).toThrow('shadows are not indexed');
  expect(() => search('connectivity.connected:true')).toThrow('connectivity is not indexed');
  expect(search('york')).toEqual([]);
  registry.index.configurations.update({ thingIndexingConfiguration: SHADOWS });
  expect(search('york')).toEqual(['door']);
  registry.close();
});

test('A named shadow is indexed when it is named.', () => {
  const { registry, search } = openHouse();
  registry.indexShadow('door', 'lock', { reported: { locked: true } });
  registry.indexShadow('door', 'other', { reported: { locked: true } });
  registry.index.configurations.update({
    thingIndexingConfiguration: {
      ...SHADOWS,
      namedShadowIndexingMode: 'ON',
      filter: { namedShadowNames: ['lock'] },
    },
  });
  expect(search('shadow.name.lock.reported.locked:true')).toEqual(['door']);
  expect(() => search('shadow.name.other.reported.locked:true')).toThrow('other is not indexed');
  const [found] = registry.index.search({ queryString: 'thingName:door' }).things.items;
  expect(JSON.parse(found?.shadow ?? '')).toMatchObject({
    hasDelta: true,
    name: { lock: { reported: { locked: true }, hasDelta: false } },
  });
  registry.close();
});

test('The index follows every change of a thing, a group, a shadow and a connection.', () => {
  const { registry, search } = openHouse();
  registry.things.update('lamp-1', {
    removeThingType: true,
    attributePayload: { attributes: { watt: '11' } },
  });
  expect(search('thingTypeName:light')).toEqual(['lamp-2']);
  expect(search('attributes.watt:9')).toEqual([]);
  expect(search('attributes.watt>10 AND attributes.watt<12')).toEqual(['lamp-1']);
  expect(search('attributes.colour:red')).toEqual([]);
  registry.indexShadow('door', undefined, { reported: { open: true } });
  expect(search('shadow.reported.open:false')).toEqual([]);
  expect(search('shadow.hasDelta:false')).toEqual(['door']);
  registry.indexShadow('door', undefined, undefined);
  expect(search('shadow.reported.open:*')).toEqual([]);
  registry.indexConnectivity('door', { connected: false });
  expect(search('connectivity.connected:true')).toEqual([]);
  registry.memberships.remove(registry.things.require('lamp-1'), registry.thingGroups.require('hall'));
  expect(search('thingGroupNames:hall')).toEqual([]);
  registry.memberships.add(registry.things.require('lamp-2'), registry.thingGroups.require('hall'));
  registry.thingGroups.remove('hall', undefined);
  expect(search('thingGroupNames:hall')).toEqual([]);
  registry.indexShadow('none', undefined, { reported: { x: 1 } });
  registry.things.remove('door');
  expect(search('*')).toEqual(['lamp-1', 'lamp-2']);
  const { database } = registry.context;
  for (const thing of ['lamp-1', 'lamp-2']) registry.things.remove(thing);
  // Nothing is left of things that are gone.
  for (const table of ['search_terms', 'search_numbers', 'search_shadows', 'search_connectivity']) {
    expect([table, ...database.prepare(`SELECT * FROM ${table}`).all()]).toEqual([table]);
  }
  registry.close();
});

test('Thing groups are searched in an index of their own.', () => {
  const { registry } = openIndexed();
  const create = (thingGroupName: string, parentGroupName?: string, description?: string) =>
    registry.thingGroups.create({ thingGroupName, parentGroupName, description, tags: [] });
  create('plant', undefined, 'all of it');
  create('floor', 'plant');
  create('room', 'floor');
  const search = (queryString: string) =>
    registry.index
      .search({ queryString, indexName: 'AWS_ThingGroups' })
      .thingGroups.items.map(({ thingGroupName }) => thingGroupName);
  expect(() => search('*')).toThrow('Index AWS_ThingGroups does not exist');
  registry.index.configurations.update({ thingGroupIndexingConfiguration: { thingGroupIndexingMode: 'ON' } });
  expect(search('*')).toEqual(['plant', 'floor', 'room']);
  expect(search('parentGroupNames:plant')).toEqual(['floor', 'room']);
  expect(search('thingGroupDescription:"of it"')).toEqual(['plant']);
  registry.thingGroups.update('plant', {
    description: undefined,
    attributePayload: { attributes: { a: '1' } },
  });
  expect(search('thingGroupDescription:*')).toEqual([]);
  expect(search('attributes.a:1')).toEqual(['plant']);
  registry.thingGroups.remove('room', undefined);
  expect(search('thingGroupName:room')).toEqual([]);
  expect(() => search('thingName:x')).toThrow('there is no such field');
  registry.close();
});

const value = fc.oneof(
  fc.constantFrom('a', 'b', 'ab', 'a b', 'b a', 'A', '1', '1.0', '2', '10', '-3', '01', 'a*', '[x]', 'true'),
  fc.integer({ min: -5, max: 12 }),
  fc.boolean(),
);
const FIELDS = ['shadow.reported.x', 'shadow.reported.x.y', 'shadow.desired.z'] as const;
const aThing = fc.record({
  x: fc.array(value, { maxLength: 2 }),
  y: fc.array(value, { maxLength: 2 }),
  z: fc.array(value, { maxLength: 2 }),
});
const word = fc.constantFrom('a', 'b', 'ab', '1', '1.0', '2', '10', '-3', '01', 'a*', '[x]', 'true', '-');
const part = fc.oneof(
  word.map((literal): PatternPart => ({ literal })),
  fc.constantFrom<PatternPart>('any', 'one'),
);
const bound = fc.option(fc.record({ value: word, isInclusive: fc.boolean() }), { nil: undefined });
const aTest: fc.Arbitrary<ValueTest> = fc.oneof(
  fc.constant<ValueTest>({ kind: 'any' }),
  word.map((text): ValueTest => ({ kind: 'text', text })),
  fc.constantFrom('a b', 'b a').map((text): ValueTest => ({ kind: 'phrase', text })),
  fc
    .tuple(word, fc.constantFrom<PatternPart>('any', 'one'), fc.array(part, { maxLength: 2 }))
    .map(([literal, wildcard, more]): ValueTest => ({
      kind: 'pattern',
      parts: [{ literal }, wildcard, ...more],
    })),
);
const field = fc.constantFrom(...FIELDS);
const aMatch: fc.Arbitrary<Query> = fc.oneof(
  fc.record({ kind: fc.constant('match' as const), field, test: aTest }),
  fc
    .tuple(field, bound, bound)
    .filter(([, from, to]) => from !== undefined || to !== undefined)
    .map(([name, from, to]): Query => ({ kind: 'match', field: name, test: { kind: 'range', from, to } })),
);
const aQuery = fc.letrec<{ query: Query }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    aMatch,
    fc.array(tie('query'), { minLength: 2, maxLength: 3 }).map((of): Query => ({ kind: 'and', of })),
    fc.array(tie('query'), { minLength: 2, maxLength: 3 }).map((of): Query => ({ kind: 'or', of })),
    tie('query').map((of): Query => ({ kind: 'not', of })),
  ),
})).query;

test('A search finds what a look at every document finds.', () => {
  const { registry, search, context } = openIndexed();
  fc.assert(
    fc.property(
      fc.array(aThing, { maxLength: 8 }),
      fc.array(aQuery, { minLength: 1, maxLength: 8 }),
      (things, queries) => {
        context.database.reset();
        registry.index.configurations.update({ thingIndexingConfiguration: SHADOWS });
        const documents = things.map(({ x, y, z }, index): [string, Document] => {
          const thingName = `thing${index}`;
          registry.things.create({ thingName });
          registry.indexShadow(thingName, undefined, { reported: { x: [...x, { y }] }, desired: { z } });
          return [thingName, { 'shadow.reported.x': x, 'shadow.reported.x.y': y, 'shadow.desired.z': z }];
        });
        for (const query of queries) {
          const text = printQuery(query);
          const expected = documents
            .filter(([, document]) => matchesDocument(query, document))
            .map(([name]) => name);
          expect([text, ...search(text, 3)]).toEqual([text, ...expected]);
          expect(parseQuery(text, { queryTerms: 1000, queryLength: 100_000 })).toBeDefined();
        }
      },
    ),
    { numRuns: 150, seed: 5 },
  );
  registry.close();
});

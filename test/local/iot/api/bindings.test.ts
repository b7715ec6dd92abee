import * as sdk from '@aws-sdk/client-iot';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadBindings, readBindings } from '../../../../local/iot/api/bindings.ts';
import { SERVED_OPERATIONS } from '../../../../local/iot/api/index.ts';
import { parseMember, parseType, type MemberType } from '../../../../local/iot/api/member.ts';
import { RouteTable } from '../../../../local/iot/api/route-table.ts';

const { operations, structures } = loadBindings();
const routes = new RouteTable(operations.values());

test('Every operation that the SDK can send has a binding.', () => {
  const inSdk = Object.keys(sdk).flatMap((name) => /^(\w+)Command$/.exec(name)?.[1] ?? []);
  expect(inSdk.length).toBeGreaterThan(250);
  expect(inSdk.filter((name) => !operations.has(name))).toEqual([]);
});

test('Every operation that is served has a binding with a shape, and none is served twice.', () => {
  expect(SERVED_OPERATIONS.filter((name) => operations.get(name)?.shape === undefined)).toEqual([]);
  expect(new Set(SERVED_OPERATIONS).size).toBe(SERVED_OPERATIONS.length);
});

test('Every structure that a member names is there, and no structure holds itself.', () => {
  const named = (type: MemberType): string[] =>
    type.kind === 'structure' ? [type.name] : type.kind === 'scalar' ? [] : named(type.of);
  const visit = (name: string, path: readonly string[]): void => {
    expect(path).not.toContain(name);
    const members = structures.get(name);
    if (members === undefined) throw new Error(`${name} is missing, below ${path.join('.')}`);
    for (const inner of members.flatMap(({ type }) => named(type))) visit(inner, [...path, name]);
  };
  for (const { name, shape } of operations.values()) {
    for (const { type } of shape?.input ?? []) for (const inner of named(type)) visit(inner, [name]);
  }
});

const label = fc.stringMatching(/^[a-zA-Z0-9:_/+ ü-]{1,12}$/);

test('Every operation is found at its own address, with its labels.', () => {
  fc.assert(
    fc.property(fc.array(label, { minLength: 4, maxLength: 4 }), (values) => {
      for (const binding of operations.values()) {
        let path = binding.uri;
        const labels: Record<string, string> = {};
        for (const [index, [template, name = '']] of [...binding.uri.matchAll(/\{(\w+)\+?\}/g)].entries()) {
          labels[name] = values[index] ?? '';
          path = path.replace(template, encodeURIComponent(labels[name]));
        }
        expect(routes.find(binding.method, path)).toEqual({ binding, labels });
      }
    }),
    { numRuns: 30, seed: 11 },
  );
});

test.each([
  ['GET', '/nothing'],
  ['PUT', '/things'],
  ['GET', '/things/a/b/c/d'],
  ['GET', '/things/%E0%A4%A'],
])('%s %s is the address of no operation.', (method, path) => {
  expect(routes.find(method, path)).toBeUndefined();
});

test('What stands in a path literally comes before a label, and a slash at the end does no harm.', () => {
  const found = (method: string, path: string) => routes.find(method, path)?.binding.name;
  expect(found('PUT', '/thing-groups/addThingToThingGroup')).toBe('AddThingToThingGroup');
  expect(found('PATCH', '/thing-groups/addThingToThingGroup')).toBe('UpdateThingGroup');
  expect(found('GET', '/things/')).toBe('ListThings');
  expect(found('GET', '/things/a%2Fb')).toBe('DescribeThing');
});

test('A label that takes the rest of a path takes slashes as they are and encoded.', () => {
  const arn = 'arn:aws:iot:eu-west-1:1:ruledestination/http/x';
  expect(routes.find('GET', `/destinations/${arn}`)?.labels).toEqual({ arn });
  expect(routes.find('GET', `/destinations/${encodeURIComponent(arn)}`)?.labels).toEqual({ arn });
});

test('The notation of members is read.', () => {
  expect(parseMember('a', 'string')).toEqual({
    name: 'a',
    place: 'body',
    wireName: 'a',
    type: { kind: 'scalar', scalar: 'string' },
    isRequired: false,
  });
  const member = parseMember('a', String.raw`header=x-a string! 1..3 {A|B} /[\p{Upper}\p{Graph}]/`);
  expect(member).toMatchObject({ place: 'header', wireName: 'x-a', isRequired: true, min: 1, max: 3 });
  expect(member.enumeration).toEqual(['A', 'B']);
  expect(member.pattern?.test.test('!')).toBe(true);
  expect(member.pattern?.test.test('!!')).toBe(false);
  expect(parseType('list<map<string,Tag>>')).toEqual({
    kind: 'list',
    of: { kind: 'map', of: { kind: 'structure', name: 'Tag' } },
  });
});

test.each(['', 'string !', 'body string', 'string 1-3', 'header= string'])(
  'A member that reads "%s" is refused.',
  (notation) => {
    expect(() => parseMember('a', notation)).toThrow(RangeError);
  },
);

test('A file of bindings with anything else in it is refused.', () => {
  const good = { origin: 'here', standardErrors: [], operations: {}, structures: {} };
  expect(readBindings(good).operations.size).toBe(0);
  expect(() => readBindings({ ...good, more: 1 })).toThrow('more');
  expect(() => readBindings({ ...good, operations: { A: { http: 'FETCH /a' } } })).toThrow('operations');
});

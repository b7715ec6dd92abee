import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideOwnership } from '../../../functions/activate-certificate/ownership.ts';
import {
  deriveThingName,
  requireThingNameTemplate,
} from '../../../functions/activate-certificate/thing-name.ts';

test.each([
  ['{commonName}', 'lamp-1', 'lamp-1'],
  ['lamp:{commonName}_x', 'A9', 'lamp:A9_x'],
  ['{commonName}', 'LAMP', 'LAMP'],
  ['{commonName}', '$&', undefined],
  ['{commonName}', 'a b', undefined],
  ['{commonName}', 'a/b', undefined],
  ['{commonName}', 'Lämp', undefined],
  ['{commonName}', '', undefined],
  ['{commonName}', 'a'.repeat(128), 'a'.repeat(128)],
  ['x{commonName}', 'a'.repeat(128), undefined],
  ['{commonName}', '{commonName}', undefined],
])('From %s, "%s" is called %s.', (template, commonName, expected) => {
  expect(deriveThingName(template, commonName)).toBe(expected);
});

test.each(['', 'lamp', '{commonName}{commonName}', 'a/{commonName}', '{commonName} ', '{CommonName}'])(
  'The template "%s" is refused.',
  (template) => {
    expect(() => requireThingNameTemplate(template)).toThrow(
      expect.objectContaining({ code: 'THING_NAME_TEMPLATE_UNUSABLE' }),
    );
  },
);

test('Two devices never get one name, and every name is one that AWS IoT takes.', () => {
  const commonName = fc.oneof(fc.string({ maxLength: 130 }), fc.stringMatching(/^[a-zA-Z0-9:_-]{1,128}$/));
  const template = fc.constantFrom('{commonName}', 'lamp-{commonName}', '{commonName}:x', 'a_{commonName}-b');
  fc.assert(
    fc.property(template, commonName, commonName, (pattern, one, other) => {
      const names = [one, other].map((name) => deriveThingName(requireThingNameTemplate(pattern), name));
      const given = names.filter((name) => name !== undefined);
      expect(given.filter((name) => !/^[a-zA-Z0-9:_-]{1,128}$/.test(name))).toEqual([]);
      expect(new Set(given).size).toBe(one === other ? Math.min(1, given.length) : given.length);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  [[], undefined, 'free'],
  [['me'], undefined, 'mine'],
  [['other'], undefined, 'collision'],
  [['me', 'other'], undefined, 'collision'],
  [['old'], 'old', 'rotation'],
  [['old', 'me'], 'old', 'rotation'],
  [['old', 'other'], 'old', 'collision'],
  [['other'], 'old', 'collision'],
  [[], 'old', 'free'],
])('A thing with the principals %j, where %s is replaced, is %s.', (principals, replaced, expected) => {
  expect(decideOwnership(principals, 'me', replaced)).toBe(expected);
});

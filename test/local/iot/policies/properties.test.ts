import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConnectionFacts } from '../../../../local/iot/policies/index.ts';
import { compilePattern } from '../../../../local/iot/policies/pattern.ts';
import { ARN, arns, bound, document, type StatementJson } from './support.ts';

const runs = { numRuns: 400 };

/** Few characters, so that patterns and texts meet. */
const level = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 8 });
const variable = fc.constantFrom(
  '${iot:ClientId}',
  '${iot:Connection.Thing.ThingName}',
  '${iot:Nothing}',
  '${*}',
);
const pattern = fc.array(fc.oneof(level, variable), { maxLength: 3 }).map((parts) => parts.join(''));
const condition = fc.constantFrom(
  undefined,
  { StringLike: { 'iot:ClientId': 'a*' } },
  { StringNotEquals: { 'iot:ClientId': 'a' } },
  { 'ForAllValues:StringEquals': { 'iot:ConnectAttributes': ['LastWill'] } },
);
const statement = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    Action: fc.constantFrom('iot:Publish', 'iot:*', 'iot:Receive'),
    resource: pattern,
    Condition: condition,
  })
  .map(({ resource, Condition, ...rest }): StatementJson => {
    const read = { ...rest, Resource: `${ARN}topic/${resource}` };
    return Condition === undefined ? read : { ...read, Condition };
  });
const topic = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 });
const facts: fc.Arbitrary<ConnectionFacts> = fc.record({
  clientId: level,
  thing: fc.record({ name: level, isAttached: fc.boolean() }),
});

test('A pattern matches as a regular expression with .* and . in place of * and ? does.', () => {
  fc.assert(
    fc.property(level, level, (written, text) => {
      const source = Array.from(written, (one) => ({ '*': '.*', '?': '.' })[one] ?? one).join('');
      expect(compilePattern(written)(text)).toBe(new RegExp(`^${source}$`, 's').test(text));
    }),
    { numRuns: 3_000 },
  );
});

test('A Deny that matches always wins.', () => {
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 5 }), topic, facts, (statements, name, known) => {
      const deny = { Effect: 'Deny', Action: 'iot:Publish', Resource: arns.topic(name) };
      for (const all of [
        [deny, ...statements],
        [...statements, deny],
      ]) {
        expect(bound([document(...all)], known).allows('iot:Publish', arns.topic(name))).toBe(false);
      }
    }),
    runs,
  );
});

test('One more Allow takes no permission away, one more Deny gives none.', () => {
  fc.assert(
    fc.property(
      fc.array(statement, { maxLength: 5 }),
      statement,
      topic,
      facts,
      (statements, more, name, known) => {
        const ask = (all: readonly StatementJson[]) =>
          bound(
            all.map((one) => document(one)),
            known,
          ).allows('iot:Publish', arns.topic(name));
        const before = ask(statements);
        const after = ask([...statements, more]);
        if (more.Effect === 'Allow') expect(after || !before).toBe(true);
        else expect(before || !after).toBe(true);
      },
    ),
    runs,
  );
});

test('A value with * or ? never widens: it allows no more than no value does.', () => {
  const wild = fc.tuple(level, fc.constantFrom('*', '?'), level).map((parts) => parts.join(''));
  fc.assert(
    fc.property(pattern, wild, topic, (resource, value, name) => {
      const text = document({ Effect: 'Allow', Action: '*', Resource: `${ARN}topic/${resource}` });
      const withValue = bound([text], { clientId: value, thing: { name: value, isAttached: true } });
      expect(withValue.allows('iot:Publish', arns.topic(name))).toBe(
        bound([text], {}).allows('iot:Publish', arns.topic(name)),
      );
    }),
    runs,
  );
});

test('The explanation agrees with the decision, and its statement is of the right effect.', () => {
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 5 }), topic, facts, (statements, name, known) => {
      const decision = bound(
        statements.map((one) => document(one)),
        known,
      ).decide({
        action: 'iot:Publish',
        resource: arns.topic(name),
        attributes: { connectAttributes: ['LastWill'] },
      });
      const { outcome, decidedBy } = decision.explain();
      expect(outcome === 'allowed').toBe(decision.isAllowed);
      const effects = {
        allowed: 'Allow',
        'explicit-deny': 'Deny',
        'default-deny': undefined,
        refused: undefined,
      };
      const effect = effects[outcome];
      expect(decidedBy?.effect).toBe(effect);
    }),
    runs,
  );
});

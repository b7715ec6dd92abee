import type { BoundStatement } from './bound-statement.ts';
import type { Explanation, NearMiss, StatementView } from './explanation.ts';
import type { PolicyRequest, RequestAttributes } from './facts.ts';
import { hintsFor } from './hints.ts';

/** More than this nobody reads. */
const MAX_NEAR_MISSES = 5;

/**
 * Works out why a request is allowed or denied: which statement decided, or for a default deny which ones
 * came nearest. It agrees with `BoundPolicies.allows` for the same request.
 */
export function explain(
  policyNames: readonly string[],
  statements: readonly BoundStatement[],
  { action, resource, attributes = {} }: PolicyRequest,
): Explanation {
  const name = action.toLowerCase();
  const candidates = statements.filter(({ compiled }) => compiled.hasAction(name));
  const applying = candidates.filter(
    (statement) =>
      statement.matchesResource(resource) && statement.conditions.every((one) => one.holds(attributes)),
  );
  const denying = applying.find(({ compiled }) => compiled.statement.effect === 'Deny');
  const decider = denying ?? applying[0];
  const base = { action, resource, policyNames: [...policyNames] };
  if (decider !== undefined) {
    const outcome = denying === undefined ? ('allowed' as const) : ('explicit-deny' as const);
    return { ...base, outcome, decidedBy: viewOf(decider), nearMisses: [], hints: [] };
  }
  const nearMisses = candidates
    .filter(({ compiled }) => compiled.statement.effect === 'Allow')
    .map((statement) => nearMiss(statement, resource, attributes))
    .sort((a, b) => nearness(b, resource) - nearness(a, resource))
    .slice(0, MAX_NEAR_MISSES);
  return { ...base, outcome: 'default-deny', nearMisses, hints: hintsFor(base, nearMisses, candidates) };
}

function viewOf(statement: BoundStatement): StatementView {
  const { policyName, position } = statement.compiled;
  const { sid, effect, isNotResource } = statement.compiled.statement;
  return {
    policyName,
    position,
    ...(sid === undefined ? {} : { sid }),
    effect,
    resources: statement.resourceTexts().map(({ text }) => text),
    isNotResource,
  };
}

function nearMiss(statement: BoundStatement, resource: string, attributes: RequestAttributes): NearMiss {
  const missed = statement.matchesResource(resource) ? {} : { resource };
  const failing = statement.conditions.filter((one) => !one.holds(attributes));
  const texts = [...statement.resourceTexts(), ...failing.flatMap(({ wanted }) => wanted)];
  return {
    statement: viewOf(statement),
    ...missed,
    unfilled: texts.flatMap(({ unfilled }) => unfilled.map((one) => ({ ...one }))),
    conditions: failing.map(({ condition, wanted, actual }) => ({
      operator: condition.writtenOperator,
      key: condition.key,
      wanted: wanted.map(({ text }) => text),
      actual: [actual(attributes) ?? []].flat(),
    })),
  };
}

/** A resource that matches is nearer than any that does not; of those, the one that agrees the longest. */
function nearness({ statement, resource: missed }: NearMiss, resource: string): number {
  if (missed === undefined) return Infinity;
  return Math.max(0, ...statement.resources.map((text) => commonBeginning(text, resource)));
}

function commonBeginning(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let length = 0;
  while (length < end && a[length] === b[length]) length += 1;
  return length;
}

import { applies, bindStatement, type BoundStatement } from './bound-statement.ts';
import type { CompiledPolicies } from './compile.ts';
import { explain } from './explain.ts';
import type { Explanation, Refusal } from './explanation.ts';
import type { ConnectionFacts, PolicyRequest, RequestAttributes } from './facts.ts';

/** The answer, and on demand the reason for it. */
export interface Decision {
  readonly request: PolicyRequest;
  readonly isAllowed: boolean;
  /** Present when no policy has decided: the gateway has. */
  readonly refusal?: Refusal;
  /** Which statement decided, or why none did. It is worked out when it is asked for, and costs more. */
  explain(): Explanation;
}

/** Policies with all that is known of one connection filled in: what is left to do per message is little. */
export interface BoundPolicies {
  /** The mere answer, for the path of every message. */
  allows(action: string, resource: string, attributes?: RequestAttributes): boolean;
  decide(request: PolicyRequest): Decision;
}

/** The statements that an action can meet, without those that a fixed condition takes out. */
interface ActionStatements {
  readonly denies: readonly BoundStatement[];
  readonly allows: readonly BoundStatement[];
}

const NO_ATTRIBUTES: RequestAttributes = {};

/**
 * Fills the facts of a connection into compiled policies. Do it once per connection, and again when its
 * policies, its thing or its thing's attributes change.
 */
export function bind(policies: CompiledPolicies, facts: ConnectionFacts): BoundPolicies {
  const statements = policies.statements.map((compiled) => bindStatement(compiled, facts));
  const byAction = new Map<string, ActionStatements>();

  function statementsOf(action: string): ActionStatements {
    const known = byAction.get(action);
    if (known !== undefined) return known;
    const found = selectStatements(statements, action);
    // The actions of AWS IoT are few; a caller with made-up ones must not fill the memory.
    if (byAction.size < 64) byAction.set(action, found);
    return found;
  }

  function allows(action: string, resource: string, attributes = NO_ATTRIBUTES): boolean {
    const candidates = statementsOf(action);
    return (
      !someApplies(candidates.denies, resource, attributes) &&
      someApplies(candidates.allows, resource, attributes)
    );
  }

  return {
    allows,
    decide(request) {
      const { action, resource, attributes } = request;
      const isAllowed = allows(action, resource, attributes);
      return { request, isAllowed, explain: () => explain(policies.policyNames, statements, request) };
    },
  };
}

/** One decision by itself. Whoever decides more than once about a connection binds once instead. */
export function decide(policies: CompiledPolicies, request: PolicyRequest, facts: ConnectionFacts): Decision {
  return bind(policies, facts).decide(request);
}

function someApplies(
  statements: readonly BoundStatement[],
  resource: string,
  attributes: RequestAttributes,
): boolean {
  for (const statement of statements) if (applies(statement, resource, attributes)) return true;
  return false;
}

function selectStatements(statements: readonly BoundStatement[], action: string): ActionStatements {
  const name = action.toLowerCase();
  const possible = statements.filter(
    ({ compiled, conditions }) =>
      compiled.hasAction(name) &&
      conditions.every((condition) => condition.isPerRequest || condition.holds(NO_ATTRIBUTES)),
  );
  return {
    denies: possible.filter(({ compiled }) => compiled.statement.effect === 'Deny'),
    allows: possible.filter(({ compiled }) => compiled.statement.effect === 'Allow'),
  };
}

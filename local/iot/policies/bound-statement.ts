import type { CompiledResource, CompiledStatement } from './compile.ts';
import { bindCondition, type BoundCondition } from './conditions.ts';
import type { ConnectionFacts, RequestAttributes } from './facts.ts';
import { compilePattern } from './pattern.ts';
import { fillTemplate, type FilledText } from './variables.ts';

/** A statement with the values of one connection filled in. */
export interface BoundStatement {
  readonly compiled: CompiledStatement;
  readonly conditions: readonly BoundCondition[];
  /** The conditions whose result is not known before the request is. */
  readonly openConditions: readonly BoundCondition[];
  /** The resources as they read for this connection. */
  readonly resourceTexts: () => readonly FilledText[];
  readonly matchesResource: (resource: string) => boolean;
}

/** Fills the facts of a connection into one statement. */
export function bindStatement(compiled: CompiledStatement, facts: ConnectionFacts): BoundStatement {
  const conditions = compiled.conditions.map((condition) => bindCondition(condition, facts));
  return {
    compiled,
    conditions,
    openConditions: conditions.filter(({ isPerRequest }) => isPerRequest),
    resourceTexts: () => compiled.resources.map(({ template }) => fillTemplate(template, facts)),
    matchesResource: bindResources(compiled, facts),
  };
}

/** Whether a statement applies: its resource is matched and all its conditions hold. */
export function applies(statement: BoundStatement, resource: string, attributes: RequestAttributes): boolean {
  if (!statement.matchesResource(resource)) return false;
  for (const condition of statement.openConditions) if (!condition.holds(attributes)) return false;
  return true;
}

function bindResources({ resources, statement }: CompiledStatement, facts: ConnectionFacts) {
  const tests = resources.map((resource) => bindResource(resource, facts));
  const known = tests.filter((test) => test !== undefined);
  if (statement.isNotResource) {
    // An exception that cannot be named excepts nothing. Only a Deny may then apply to more than was meant.
    if (known.length < tests.length && statement.effect === 'Allow') return () => false;
    return (resource: string) => !known.some((test) => test(resource));
  }
  const [first, second] = known;
  if (first === undefined) return () => false;
  if (second === undefined) return first;
  return (resource: string) => known.some((test) => test(resource));
}

/** Undefined where a variable has no value: such a resource matches nothing. */
function bindResource({ test, template }: CompiledResource, facts: ConnectionFacts) {
  if (test !== undefined) return test;
  const { pattern, unfilled } = fillTemplate(template, facts);
  return unfilled.length > 0 ? undefined : compilePattern(pattern);
}

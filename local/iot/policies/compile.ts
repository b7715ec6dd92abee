import { compileCondition, type CompiledCondition } from './conditions.ts';
import { compilePattern } from './pattern.ts';
import type { NamedPolicy, Statement } from './policy.ts';
import { fillTemplate, readTemplate, type Template } from './variables.ts';

/** Policies that are ready for any connection: `bind` gives them its facts. */
export interface CompiledPolicies {
  readonly policyNames: readonly string[];
  readonly statements: readonly CompiledStatement[];
}

export interface CompiledStatement {
  readonly policyName: string;
  /** Where it stands in its policy: 1 is the first. */
  readonly position: number;
  readonly statement: Statement;
  /** Takes an action in small letters. */
  readonly hasAction: (action: string) => boolean;
  readonly resources: readonly CompiledResource[];
  readonly conditions: readonly CompiledCondition[];
}

export interface CompiledResource {
  readonly template: Template;
  /** Present where no variable is: such a resource is the same for every connection. */
  readonly test: ((resource: string) => boolean) | undefined;
}

/**
 * Compiles the policies that apply together: those of a certificate and of the groups that its thing is in.
 * Do it once per change of a policy, not once per connection.
 */
export function compilePolicies(policies: readonly NamedPolicy[]): CompiledPolicies {
  return {
    policyNames: policies.map(({ name }) => name),
    statements: policies.flatMap(({ name, policy }) =>
      policy.statements.map((statement, index) => ({
        policyName: name,
        position: index + 1,
        statement,
        hasAction: compileActions(statement),
        resources: statement.resources.map((text) =>
          compileResource(readTemplate(text, policy.hasVariables)),
        ),
        conditions: statement.conditions.map((one) => compileCondition(one, policy.hasVariables)),
      })),
    ),
  };
}

/** Actions are told apart without regard to case, as IAM does. */
function compileActions({ actions, isNotAction }: Statement): (action: string) => boolean {
  const tests = actions.map((pattern) => compilePattern(pattern.toLowerCase()));
  return (action) => tests.some((test) => test(action)) !== isNotAction;
}

function compileResource(template: Template): CompiledResource {
  const test = template.isConstant ? compilePattern(fillTemplate(template, {}).pattern) : undefined;
  return { template, test };
}

import { errorText } from '../../shared/errors.ts';
import { ConfigurationError } from '../errors.ts';
import { readInput, ruleName } from './context.ts';
import { compileTriggers, type RuleDefinition } from './rule.ts';
import { readTarget, type Target } from './target.ts';
import { withTargets } from './target-operations.ts';

/** A rule as a template has it. */
export interface RuleOfTemplate extends RuleDefinition {
  /** By the names of the API. */
  readonly targets: readonly unknown[];
}

/** A rule of a template that has been checked whole. */
export interface DeclaredRule {
  readonly definition: RuleDefinition;
  readonly targets: readonly Target[];
}

/**
 * Checks a rule of a template: its pattern, its schedule and its targets.
 *
 * @throws ConfigurationError EVENT_RULE_NOT_SERVED that names the rule and what of it cannot be done.
 */
export function readDeclaredRule({ targets, ...definition }: RuleOfTemplate): DeclaredRule {
  try {
    readInput(ruleName, definition.name);
    compileTriggers(definition);
    return { definition, targets: withTargets([], targets.map(readTarget)) };
  } catch (cause) {
    const { name, busName } = definition;
    throw new ConfigurationError(
      `the EventBridge rule "${name}" asks for what cannot be done here: ${errorText(cause)}`,
      { code: 'EVENT_RULE_NOT_SERVED', data: { rule: name, bus: busName }, cause },
    );
  }
}

import { z } from 'zod';
import {
  busName,
  page,
  paging,
  putRule,
  readInput,
  requireRule,
  ruleName,
  type EventBridgeContext,
  type Operation,
} from './context.ts';
import { eventBridgeError } from './errors.ts';
import type { Rule } from './rule.ts';
import { definitionOf } from './rule-operations.ts';
import { readTarget, type Target } from './target.ts';

/** Of one rule. */
const MAX_TARGETS = 5;

const putInput = z.strictObject({
  Rule: ruleName,
  EventBusName: busName,
  Targets: z.array(z.unknown()).min(1).max(100),
});
const removeInput = z.strictObject({
  Rule: ruleName,
  EventBusName: busName,
  Ids: z.array(z.string()).min(1).max(100),
  Force: z.boolean().optional(),
});
const listInput = z.strictObject({ ...paging, Rule: ruleName, EventBusName: busName });

/** PutTargets, RemoveTargets, ListTargetsByRule. */
export function targetOperations(context: EventBridgeContext): Readonly<Record<string, Operation>> {
  function setTargets(rule: Rule, targets: readonly Target[]): void {
    putRule(context, definitionOf(rule), targets, rule.isDeclared);
  }

  return {
    PutTargets(input) {
      const { Rule, EventBusName, Targets } = readInput(putInput, input);
      const rule = requireRule(context, EventBusName, Rule);
      setTargets(rule, withTargets(rule.targets, Targets.map(readTarget)));
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    RemoveTargets(input) {
      const { Rule, EventBusName, Ids } = readInput(removeInput, input);
      const rule = requireRule(context, EventBusName, Rule);
      setTargets(
        rule,
        rule.targets.filter(({ definition }) => !Ids.includes(definition.Id)),
      );
      const known = new Set(rule.targets.map(({ definition }) => definition.Id));
      const FailedEntries = Ids.filter((id) => !known.has(id)).map((id) => ({
        TargetId: id,
        ErrorCode: 'ResourceNotFoundException',
        ErrorMessage: `Rule ${Rule} does not have a target with the Id ${id}.`,
      }));
      return { FailedEntryCount: FailedEntries.length, FailedEntries };
    },
    ListTargetsByRule(input) {
      const { Rule, EventBusName, ...wanted } = readInput(listInput, input);
      const rule = requireRule(context, EventBusName, Rule);
      const definitions = rule.targets
        .map(({ definition }) => definition)
        .sort((a, b) => (a.Id < b.Id ? -1 : 1));
      const { items, token } = page(definitions, ({ Id }) => Id, wanted);
      return { Targets: items, ...token };
    },
  };
}

/**
 * The targets of a rule with some more; one with the same id takes the other's place.
 *
 * @throws AwsApiError LimitExceededException
 */
export function withTargets(former: readonly Target[], added: readonly Target[]): Target[] {
  const byId = new Map(former.map((target) => [target.definition.Id, target]));
  for (const target of added) byId.set(target.definition.Id, target);
  if (byId.size > MAX_TARGETS) {
    throw eventBridgeError(
      'LimitExceededException',
      `The requested resource exceeds the maximum number allowed: ${MAX_TARGETS} targets of a rule.`,
    );
  }
  return [...byId.values()];
}

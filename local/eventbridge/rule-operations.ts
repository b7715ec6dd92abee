import { z } from 'zod';
import {
  busName,
  page,
  paging,
  putRule,
  readInput,
  requireBus,
  requireRule,
  ruleName,
  type EventBridgeContext,
  type Operation,
} from './context.ts';
import { eventBridgeError, invalid } from './errors.ts';
import type { Rule, RuleDefinition } from './rule.ts';

const MAX_RULES = 300;

const putInput = z.strictObject({
  Name: ruleName,
  EventPattern: z.string().optional(),
  ScheduleExpression: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Description: z.string().max(512).optional(),
  RoleArn: z.string().optional(),
  EventBusName: busName,
  /** Has nothing to act on here. */
  Tags: z.array(z.unknown()).optional(),
});
const nameInput = z.strictObject({ Name: ruleName, EventBusName: busName });
const deleteInput = z.strictObject({
  Name: ruleName,
  EventBusName: busName,
  Force: z.boolean().optional(),
});
const listInput = z.strictObject({
  ...paging,
  NamePrefix: z.string().max(64).default(''),
  EventBusName: busName,
});

/** PutRule, DeleteRule, DescribeRule, ListRules, EnableRule, DisableRule. */
export function ruleOperations(context: EventBridgeContext): Readonly<Record<string, Operation>> {
  const { book, place } = context;

  function setEnabled(input: unknown, isEnabled: boolean): object {
    const { Name, EventBusName } = readInput(nameInput, input);
    const rule = requireRule(context, EventBusName, Name);
    putRule(context, { ...definitionOf(rule), isEnabled }, rule.targets, rule.isDeclared);
    return {};
  }

  return {
    PutRule(input) {
      const { Name, EventBusName, EventPattern, ScheduleExpression, State, Description, RoleArn } = readInput(
        putInput,
        input,
      );
      requireBus(context, EventBusName);
      const former = book.findRule(EventBusName, Name);
      if (former === undefined && book.countRules(EventBusName) >= MAX_RULES) {
        throw eventBridgeError(
          'LimitExceededException',
          `The limit of ${MAX_RULES} rules of a bus is reached.`,
        );
      }
      const definition: RuleDefinition = {
        name: Name,
        busName: EventBusName,
        isEnabled: State === 'ENABLED',
        ...(EventPattern === undefined ? {} : { eventPattern: EventPattern }),
        ...(ScheduleExpression === undefined ? {} : { scheduleExpression: ScheduleExpression }),
        ...(Description === undefined ? {} : { description: Description }),
        ...(RoleArn === undefined ? {} : { roleArn: RoleArn }),
      };
      const { arn } = putRule(context, definition, former?.targets ?? [], former?.isDeclared ?? false);
      return { RuleArn: arn };
    },
    DeleteRule(input) {
      const { Name, EventBusName } = readInput(deleteInput, input);
      requireBus(context, EventBusName);
      const rule = book.findRule(EventBusName, Name);
      // A rule that there is not is gone already.
      if (rule === undefined) return {};
      if (rule.targets.length > 0) throw invalid("Rule can't be deleted since it has targets.");
      context.scheduler.remove(rule.arn);
      book.removeRule(rule);
      return {};
    },
    DescribeRule(input) {
      const { Name, EventBusName } = readInput(nameInput, input);
      return { ...describe(requireRule(context, EventBusName, Name)), CreatedBy: place.accountId };
    },
    ListRules(input) {
      const { NamePrefix, EventBusName, ...wanted } = readInput(listInput, input);
      requireBus(context, EventBusName);
      const found = book.rules(EventBusName).filter(({ name }) => name.startsWith(NamePrefix));
      const { items, token } = page(found, ({ name }) => name, wanted);
      return { Rules: items.map(describe), ...token };
    },
    EnableRule: (input) => setEnabled(input, true),
    DisableRule: (input) => setEnabled(input, false),
  };
}

/** A rule without what was compiled of it. */
export function definitionOf(rule: Rule): RuleDefinition {
  const { name, busName: bus, isEnabled, eventPattern, scheduleExpression, description, roleArn } = rule;
  return {
    name,
    busName: bus,
    isEnabled,
    ...(eventPattern === undefined ? {} : { eventPattern }),
    ...(scheduleExpression === undefined ? {} : { scheduleExpression }),
    ...(description === undefined ? {} : { description }),
    ...(roleArn === undefined ? {} : { roleArn }),
  };
}

function describe(rule: Rule) {
  const { name, arn, busName: bus, isEnabled, eventPattern, scheduleExpression, description, roleArn } = rule;
  return {
    Name: name,
    Arn: arn,
    ...(eventPattern === undefined ? {} : { EventPattern: eventPattern }),
    ...(scheduleExpression === undefined ? {} : { ScheduleExpression: scheduleExpression }),
    State: isEnabled ? 'ENABLED' : 'DISABLED',
    ...(description === undefined ? {} : { Description: description }),
    ...(roleArn === undefined ? {} : { RoleArn: roleArn }),
    EventBusName: bus,
  };
}

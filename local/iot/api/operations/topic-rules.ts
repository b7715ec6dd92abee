import { invalidRequest } from '../../registry/errors.ts';
import { tokenOf } from '../../registry/paging.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Tag } from '../../registry/tags.ts';
import { rulePayloadSchema, type RulePayload } from '../../registry/topic-rules.ts';
import type { OperationGroup } from '../operation.ts';
import { apiRule } from './topic-rule-answer.ts';

/** Rules, which the engine runs from the moment that they are made. */
export const topicRuleOperations = {
  CreateTopicRule({ ruleName, topicRulePayload, tags }, { topicRules }) {
    topicRules.create({ ruleName, payload: readPayload(topicRulePayload) }, readTagging(tags));
    return {};
  },

  ReplaceTopicRule({ ruleName, topicRulePayload }, { topicRules }) {
    topicRules.replace({ ruleName, payload: readPayload(topicRulePayload) });
    return {};
  },

  GetTopicRule({ ruleName }, { topicRules, context }) {
    return { ruleArn: context.arns.of('rule', ruleName), rule: apiRule(topicRules.require(ruleName)) };
  },

  ListTopicRules(input, { topicRules, context }) {
    const page = topicRules.list(input);
    return {
      rules: page.items.map(({ ruleName, topicFilter, createdAt, payload }) => ({
        ruleArn: context.arns.of('rule', ruleName),
        ruleName,
        topicPattern: topicFilter,
        createdAt: new Date(createdAt),
        ruleDisabled: payload.ruleDisabled === true,
      })),
      ...tokenOf(page),
    };
  },

  EnableTopicRule({ ruleName }, { topicRules }) {
    topicRules.setDisabled(ruleName, false);
    return {};
  },

  DisableTopicRule({ ruleName }, { topicRules }) {
    topicRules.setDisabled(ruleName, true);
    return {};
  },

  DeleteTopicRule({ ruleName }, { topicRules }) {
    topicRules.remove(ruleName);
    return {};
  },
} satisfies OperationGroup<Registry>;

function readPayload(payload: object): RulePayload {
  return rulePayloadSchema.parse({ ...payload });
}

/** The header `x-amz-tagging`: `key=value&key=value`, percent-encoded. */
function readTagging(text: string | undefined): Tag[] {
  if (text === undefined || text === '') return [];
  const tags = [...new URLSearchParams(text)].map(([Key, Value]) => ({ Key, Value }));
  const wrong = tags.find(({ Key, Value }) => Key === '' || Key.length > 128 || Value.length > 256);
  if (wrong !== undefined) throw invalidRequest(`The tag "${wrong.Key.slice(0, 140)}" is not valid`);
  return tags;
}

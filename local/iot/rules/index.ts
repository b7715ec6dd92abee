export type { ActionServices } from './actions/services.ts';
export { createRulesEngine, type RulesEngine, type RulesEngineOptions } from './engine.ts';
export { readTopicRule, type TopicRule, type TopicRuleDefinition } from './topic-rule.ts';
export type { ActionFailure, RuleTraceEvent } from './trace.ts';

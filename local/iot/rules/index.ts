export { createDestinations, ENABLE_PATH, type Destinations } from './actions/http/destinations.ts';
export { createHttpPoster } from './actions/http/poster.ts';
export type { ActionServices, OptionalServices, RuleAuthoriser } from './actions/services.ts';
export { createRulesEngine, type RulesEngine, type RulesEngineOptions } from './engine.ts';
export { confirmationUrlsOf, readTopicRule, type TopicRule, type TopicRuleDefinition } from './topic-rule.ts';
export type { ActionFailure, RuleTraceEvent } from './trace.ts';

export { openRegistryContext, type RegistryContext, type RegistryContextOptions } from './context.ts';
export { AWS_THROTTLES, DEFAULT_LIMITS, type RegistryLimits } from './limits.ts';
export { createRegistry, type Registry, type RegistryOptions, registryTableSets } from './registry.ts';
export { apiRulePayload } from './rule-payload.ts';
export { createThingLookup } from './thing-lookup.ts';
export type { RuleDefinition, RulesControl } from './topic-rules.ts';

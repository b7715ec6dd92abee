export { readDeclaredRule, type DeclaredRule, type RuleOfTemplate } from './declared-rule.ts';
export type { EventBridgeTargets } from './delivery.ts';
export { createEventBridge, type EventBridge, type EventBridgeOptions } from './eventbridge.ts';
export { compileEventPattern, type EventPattern } from './pattern/compile.ts';
export { nextFireTime, readSchedule, type Schedule } from './schedule/schedule.ts';

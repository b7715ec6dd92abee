export { LOG_LEVELS, type LogEntry, type LogFields, type LogLevel } from './entry.ts';
export { answerLogs } from './logs-api.ts';
export { type RuleMetric, RuleMetrics } from './rule-metrics.ts';
export { type LogPage, type LogQuery, TraceLog, type TraceLogOptions } from './trace-log.ts';
export { problemOf, type RuleTrace, type RuleTraceOptions, startRuleTrace } from './rule-trace.ts';

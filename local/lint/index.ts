export type { Check, Finding, Severity } from './finding.ts';
export { CHECKS, findingText, lintTemplate } from './lint-template.ts';
export { isRecord, templateOfSub } from './references.ts';
export type { LintResource } from './template.ts';

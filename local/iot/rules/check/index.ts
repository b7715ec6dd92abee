export { readCases, type RuleCase } from './cases.ts';
export { checkCase, type CaseVerdict } from './check-case.ts';

export { readCases, readEachCase, type RuleCase, type UnreadableCase } from './cases.ts';
export { checkCase, type CaseVerdict } from './check-case.ts';

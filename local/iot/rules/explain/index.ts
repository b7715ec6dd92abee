export { type ExplainedExpression, explainExpression, type Outcome, outcomeText } from './expression.ts';
export { type ExplainedFilter, explainFilter } from './filter.ts';
export { explainRule, type ExplainedRule, type RuleToExplain } from './rule.ts';
export { explainWhere } from './where.ts';

export { createIotArns } from './arns.ts';
export type { ArnScope, IotArns } from './arns.ts';
export { AttemptLog } from './attempt-log.ts';
export type { Attempter, ExplainedAttempt } from './attempt-log.ts';
export { bind, decide } from './bind.ts';
export type { BoundPolicies, Decision } from './bind.ts';
export { compilePolicies } from './compile.ts';
export type { CompiledPolicies } from './compile.ts';
export { describeExplanation } from './describe.ts';
export type { Explanation, NearMiss, Refusal, StatementView } from './explanation.ts';
export type {
  AlternativeName,
  AlternativeNameValues,
  CertificateFacts,
  ConnectionFacts,
  NameAttribute,
  NameValues,
  PolicyRequest,
  RequestAttributes,
  ThingFacts,
} from './facts.ts';
export type { NamedPolicy, Policy } from './policy.ts';
export { readPolicy } from './read-policy.ts';
export { refusalDecision } from './refusal.ts';
export { answerWhy, WHY_PATH, whyAnswerSchema } from './why-route.ts';
export type { WhyAnswer } from './why-route.ts';

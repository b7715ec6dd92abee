import {
  bind,
  compilePolicies,
  createIotArns,
  readPolicy,
  type BoundPolicies,
  type ConnectionFacts,
} from '../../../../local/iot/policies/index.ts';

export const arns = createIotArns({ region: 'eu-west-1', accountId: '123456789012' });

/** What the resources of the tests' policies begin with. */
export const ARN = 'arn:aws:iot:eu-west-1:123456789012:';

export interface StatementJson {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The text of a policy document. */
export function document(...statements: readonly StatementJson[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/** Policies as they are attached, by the texts of their documents, for one connection. */
export function bound(texts: readonly string[], facts: ConnectionFacts = {}): BoundPolicies {
  const policies = texts.map((text, index) => ({ name: `policy-${index + 1}`, policy: readPolicy(text) }));
  return bind(compilePolicies(policies), facts);
}

/** Whether one Allow statement allows publishing on a topic. */
export function allowsTopic(resource: string, topic: string, facts: ConnectionFacts = {}): boolean {
  const statement = { Effect: 'Allow', Action: 'iot:Publish', Resource: ARN + resource };
  return bound([document(statement)], facts).allows('iot:Publish', arns.topic(topic));
}

/** Whether a condition lets `iot:Connect` through. */
export function conditionHolds(
  condition: NonNullable<StatementJson['Condition']>,
  facts: ConnectionFacts = {},
  attributes = {},
): boolean {
  const statement = { Effect: 'Allow', Action: 'iot:Connect', Resource: '*', Condition: condition };
  return bound([document(statement)], facts).allows('iot:Connect', arns.client('a'), attributes);
}

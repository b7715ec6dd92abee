import { type Finding, lintTemplate, type LintResource } from '../../../local/lint/index.ts';

export type Resources = Readonly<Record<string, LintResource>>;

export const lambdaAction = { Lambda: { FunctionArn: { 'Fn::GetAtt': ['ScoreLambdaFunction', 'Arn'] } } };
const errorAction = { Sqs: { QueueUrl: { Ref: 'Queue' }, RoleArn: 'role' } };

/** A rule as a template has it, without any of the traps unless `payload` or `properties` bring one. */
export function rule(payload: object, properties: object = {}): LintResource {
  return {
    type: 'AWS::IoT::TopicRule',
    properties: {
      TopicRulePayload: {
        Sql: "SELECT * FROM 'a/b'",
        AwsIotSqlVersion: '2016-03-23',
        Actions: [{ Sqs: errorAction.Sqs }],
        ErrorAction: errorAction,
        ...payload,
      },
      ...properties,
    },
  };
}

export function sql(text: string, payload: object = {}): LintResource {
  return rule({ Sql: text, ...payload });
}

export function resource(type: string, properties: Readonly<Record<string, unknown>>): LintResource {
  return { type, properties };
}

/** The findings of one code. */
export function findings(code: string, resources: Resources): Finding[] {
  return lintTemplate(resources).filter((finding) => finding.code === code);
}

/** Something that an alarm does when it has come into a state. */
export interface AlarmAction {
  readonly kind: 'sns' | 'lambda';
  readonly arn: string;
}

const TOPIC = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/;
const FUNCTION =
  /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,140}(:[A-Za-z0-9$_-]{1,128})?$/;

/** The actions of AWS that there is nothing for here, and what they are called. */
const NOT_SERVED: readonly (readonly [RegExp, string])[] = [
  [/^arn:aws[a-z-]*:(automate:|swf:.*action\/actions\/AWS_EC2)/, 'EC2 (stop, terminate, reboot, recover)'],
  [/^arn:aws[a-z-]*:autoscaling:/, 'Auto Scaling'],
  [/^arn:aws[a-z-]*:ssm:/, 'Systems Manager OpsItems'],
  [/^arn:aws[a-z-]*:ssm-incidents:/, 'Systems Manager incidents'],
  [/^arn:aws[a-z-]*:aiops:/, 'investigations'],
];

/** Reads the ARN of an action; a text that says why it cannot be one. */
export function readAction(arn: string): AlarmAction | string {
  if (TOPIC.test(arn)) return { kind: 'sns', arn };
  if (FUNCTION.test(arn)) return { kind: 'lambda', arn };
  const what = NOT_SERVED.find(([pattern]) => pattern.test(arn))?.[1];
  const served = 'served are SNS topics and Lambda functions';
  if (what !== undefined) return `the action ${arn} is one of ${what}, which is not served here; ${served}`;
  return `"${arn.slice(0, 300)}" is no ARN of an action; ${served}`;
}

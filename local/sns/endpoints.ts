import { loopbackTargetProblem } from '../outbox/loopback-target.ts';
import { SERVED_PROTOCOLS } from './delivery/protocols.ts';
import { invalidParameter, snsError } from './errors.ts';

/** Protocols that AWS has and this cloud has not. */
const ELSEWHERE = ['application', 'firehose'];

/** A phone number as it is written everywhere: E.164. */
export const PHONE_NUMBER = /^\+?[1-9]\d{1,14}$/;

/** @throws AwsApiError InvalidParameter for what cannot be subscribed */
export function checkEndpoint(protocol: string, endpoint: string): void {
  if (ELSEWHERE.includes(protocol)) {
    throw invalidParameter(
      'Protocol',
      `the protocol ${protocol} is not served here; served are ${SERVED_PROTOCOLS.join(', ')}`,
    );
  }
  if (!SERVED_PROTOCOLS.includes(protocol)) {
    throw snsError(
      'InvalidParameter',
      `Invalid parameter: Amazon SNS does not support this protocol string: ${protocol.slice(0, 100)}`,
    );
  }
  if (endpoint === '') throw invalidParameter('Endpoint', 'no endpoint is given');
  const problem = PROBLEMS[protocol]?.(endpoint);
  if (problem !== undefined) throw invalidParameter('Endpoint', problem);
}

const PROBLEMS: Readonly<Record<string, (endpoint: string) => string | undefined>> = {
  sqs(endpoint) {
    if (/^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}\.fifo$/.test(endpoint)) {
      return 'FIFO SQS Queues can not be subscribed to standard SNS topics';
    }
    return matches(endpoint, /^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}$/, 'SQS endpoint ARN');
  },
  lambda: (endpoint) =>
    matches(
      endpoint,
      /^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]{1,64}(?::[\w$-]{1,128})?$/,
      'Lambda endpoint ARN',
    ),
  http: (endpoint) => urlProblem('http', endpoint),
  https: (endpoint) => urlProblem('https', endpoint),
  sms: (endpoint) =>
    PHONE_NUMBER.test(endpoint) ? undefined : `Invalid SMS endpoint: ${endpoint.slice(0, 50)}`,
  email: (endpoint) => matches(endpoint, /^[^\s@]{1,64}@[^\s@]{1,255}$/, 'Email address'),
  'email-json': (endpoint) => matches(endpoint, /^[^\s@]{1,64}@[^\s@]{1,255}$/, 'Email address'),
};

function matches(text: string, pattern: RegExp, what: string): string | undefined {
  return pattern.test(text) ? undefined : `${what} is needed, not "${text.slice(0, 200)}"`;
}

function urlProblem(protocol: string, endpoint: string): string | undefined {
  if (!endpoint.startsWith(`${protocol}:`)) return 'Endpoint must match the specified protocol';
  return loopbackTargetProblem(endpoint);
}

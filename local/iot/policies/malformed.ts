import { AwsApiError } from '../../errors.ts';

/** AWS IoT's answer to a policy document that it cannot take; `detail` says what is wrong with it. */
export function malformedPolicy(detail: string, data: Readonly<Record<string, unknown>> = {}): AwsApiError {
  return new AwsApiError(400, 'MalformedPolicyException', `Policy document is Malformed: ${detail}`, data);
}

import { checkEndpoint } from './endpoints.ts';
import { invalidParameter } from './errors.ts';
import { changeAttributes } from './subscription-attributes.ts';
import { changeTopicAttributes } from './topic-attributes.ts';

type Attributes = Readonly<Record<string, string>>;

/**
 * Checks what a topic is made of, without making it.
 *
 * @returns its attributes as they are kept.
 * @throws AwsApiError InvalidParameter
 */
export function checkTopic(name: string, wanted: Attributes): Attributes {
  const isFifo = wanted['FifoTopic']?.toLowerCase() === 'true' || name.endsWith('.fifo');
  if (isFifo) throw invalidParameter('Topic Name', 'FIFO topics are not served here; use a standard topic');
  if (!/^[A-Za-z0-9_-]{1,256}$/.test(name)) throw invalidParameter('Topic Name', `"${name.slice(0, 300)}"`);
  return changeTopicAttributes({}, wanted);
}

/**
 * Checks what a subscription is made of, without making it.
 *
 * @returns its attributes as they are kept.
 * @throws AwsApiError InvalidParameter
 */
export function checkSubscription(wanted: {
  readonly protocol: string;
  readonly endpoint: string;
  readonly attributes: Attributes;
}): Attributes {
  const { protocol, endpoint, attributes } = wanted;
  checkEndpoint(protocol, endpoint);
  return changeAttributes({
    protocol,
    endpoint,
    current: {},
    changes: attributes,
    operation: 'Subscribe',
  });
}

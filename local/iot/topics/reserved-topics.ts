import { readBasicIngest } from './topic-name.ts';

/** Services of AWS IoT that devices talk to by publishing on topics of theirs. */
export type TopicService = 'shadows' | 'jobs' | 'provisioning';

/** The services of this cloud that take messages on reserved topics. */
export type ServedTopics = ReadonlySet<TopicService>;

const requests: readonly (readonly [TopicService, RegExp])[] = [
  ['shadows', /^\$aws\/things\/[^/]+\/shadow\/(?:name\/[^/]+\/)?(?:get|update|delete)$/],
  ['jobs', /^\$aws\/things\/[^/]+\/jobs\/(?:get|start-next|[^/]+\/(?:get|update))$/],
  ['provisioning', /^\$aws\/certificates\/create(?:-from-csr)?\/(?:json|cbor)$/],
  ['provisioning', /^\$aws\/provisioning-templates\/[^/]+\/provision\/(?:json|cbor)$/],
];

/** Topics that begin with `$` belong to the service. */
export function isReserved(topic: string): boolean {
  return topic.startsWith('$');
}

/**
 * Why clients and callers may not publish on a topic that begins with `$`, as a clause that follows
 * "the topic …"; undefined when they may. Of those topics, Basic Ingest and the requests of the services that
 * are there are taken; the answers of the services and `$aws/events/…` are AWS's own to publish.
 */
export function reservedTopicProblem(topic: string, served: ServedTopics): string | undefined {
  if (!isReserved(topic) || readBasicIngest(topic) !== undefined) return undefined;
  const service = requests.find(([, pattern]) => pattern.test(topic))?.[0];
  if (service === undefined) return 'is reserved: on topics that begin with $, AWS IoT takes requests only';
  return served.has(service) ? undefined : `is a request to ${service}, which this cloud does not serve`;
}

import { RejectedInputError } from '../../shared/rejections.ts';
import { readCallback } from '../../shared/sigfox/callback.ts';
import { deviceOfDownlinkTopic } from '../../shared/sigfox/topics.ts';
import type { Variables } from '../../shared/sigfox/variables.ts';
import { ingestAcknowledge, ingestService } from './ingest-service.ts';
import { ingestCompletion, ingestUplink } from './ingest-uplink.ts';
import { queueRequestedDownlink } from './queue-downlink.ts';
import type { Ingested, IngestServices } from './services.ts';

/** The member in which the rules tell the topic. They write it last, so that no message can pretend another. */
export const TOPIC_MEMBER = 'mqttTopic';

/**
 * Takes in one event of the rules: a callback of Sigfox by either door, or a downlink that is asked for.
 *
 * @throws RejectedInputError for what can never work; anything else may work later.
 */
export async function ingest(event: unknown, services: IngestServices): Promise<Ingested> {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new RejectedInputError('NOT_AN_OBJECT', 'a callback is a JSON object');
  }
  const { [TOPIC_MEMBER]: topic, ...variables }: Variables = { ...event };
  const device = typeof topic === 'string' ? deviceOfDownlinkTopic(topic) : undefined;
  if (device !== undefined) return queueRequestedDownlink(device, variables, services);
  const { bodyProblem } = variables;
  if (typeof bodyProblem === 'string') {
    throw new RejectedInputError('BODY_UNREADABLE', `the callback cannot be read: ${bodyProblem}`, 'body');
  }
  const callback = readCallback(variables, services.now());
  if (callback.kind === 'uplink') return ingestUplink(callback, services);
  if (callback.kind === 'completion') return ingestCompletion(callback, services);
  if (callback.kind === 'acknowledge') return ingestAcknowledge(callback, services);
  return ingestService(callback, services);
}

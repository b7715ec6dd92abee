import { AwsApiError } from '../errors.ts';
import type { ServiceHandler } from '../endpoint/service.ts';
import type { PublishMessage } from './message.ts';
import { readBasicIngest, topicNameProblem } from './topics/topic-name.ts';

const TOPIC = /^\/topics\/(.+)$/;

/** AWS IoT's limits for a published message, in bytes. */
const MAX_PAYLOAD_BYTES = 128 * 1024;

export interface DataPlaneOptions {
  readonly publish: PublishMessage;
  readonly newId: () => string;
}

/** AWS IoT's data plane over HTTPS: Publish. Its other operations are refused by name. */
export function createDataPlaneHandler({ publish, newId }: DataPlaneOptions): ServiceHandler {
  return (request, response) => {
    const match = TOPIC.exec(request.path);
    if (match === null || request.method !== 'POST') {
      throw new AwsApiError(
        501,
        'UnsupportedOperationException',
        `${request.method} ${request.path} of the IoT data plane is not served here; Publish is.`,
      );
    }
    const topic = decodeTopic(match[1] ?? '');
    const wrong = topicNameProblem(topic) ?? reservedProblem(topic);
    if (wrong !== undefined) {
      throw new AwsApiError(400, 'InvalidRequestException', `The topic "${topic}" ${wrong}.`);
    }
    if (request.body.length > MAX_PAYLOAD_BYTES) {
      throw new AwsApiError(413, 'RequestEntityTooLargeException', 'The payload is larger than 128 KB.');
    }
    const qos = request.query.get('qos') ?? '0';
    if (qos !== '0' && qos !== '1') {
      throw new AwsApiError(400, 'InvalidRequestException', `QoS ${qos} is not 0 or 1.`);
    }
    const traceId = newId();
    // Answered first: whoever publishes goes on while the message is on its way, as on AWS.
    response.setHeader('content-type', 'application/json');
    response.writeHead(200).end(JSON.stringify({ message: 'OK', traceId }));
    publish({
      topic,
      payload: request.body,
      qos: qos === '1' ? 1 : 0,
      retain: request.query.get('retain') === 'true',
      publisher: { protocol: 'HTTP', principal: request.accessKeyId, sourceIp: '127.0.0.1' },
      traceId,
      republishes: 0,
    });
  };
}

/** Topics that begin with `$` are AWS's own; only Basic Ingest may be published on. */
function reservedProblem(topic: string): string | undefined {
  if (!topic.startsWith('$') || readBasicIngest(topic) !== undefined) return undefined;
  return 'is reserved: of the topics that begin with $, only $aws/rules/… can be published on';
}

function decodeTopic(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new AwsApiError(400, 'InvalidRequestException', `The topic "${encoded}" is not URL-encoded text.`);
  }
}

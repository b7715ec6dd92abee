import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { TLSSocket } from 'node:tls';
import { readBody } from '../../endpoint/body.ts';
import { sendError } from '../../endpoint/error-response.ts';
import type { AwsRequest, ServiceHandler } from '../../endpoint/service.ts';
import { AwsApiError } from '../../errors.ts';
import { maxPayloadBytes, readPublish } from '../data-plane/publish-request.ts';
import { readShadowCall } from '../shadows/index.ts';
import type { TopicService } from '../topics/reserved-topics.ts';
import type { ClientIdentity } from './authoriser.ts';
import type { DeviceDoorOptions } from './devices.ts';
import type { GatewayRefusal } from './refusal.ts';
import { listenForDevices, type DeviceListener, type ListenerOptions } from './listening.ts';
import { handshake, peerCertificateDer, type ServerCertificate } from './listen-tls.ts';

/** AWS's name for HTTPS with client certificates, and HTTP's own. */
const applicationProtocols = ['x-amzn-http-ca', 'http/1.1'];
const topicPath = /^\/topics\/(.+)$/;

export interface HttpsOptions extends ListenerOptions, DeviceDoorOptions {
  readonly server: ServerCertificate;
  /** Answers calls to shadows. @default they are refused by name */
  readonly shadows?: ServiceHandler;
  /** Services that take requests on `$aws/…` topics. @default none but Basic Ingest */
  readonly servedTopics?: readonly TopicService[];
  /** Told why a certificate was turned away: the answer does not say. @default nobody is told */
  readonly refused?: (refusal: GatewayRefusal) => void;
}

/**
 * Listens for devices that come over HTTPS with their certificate: `POST /topics/<topic>?qos=0|1`, and their
 * shadows. The other operations of the data plane are refused by name.
 *
 * @throws ConfigurationError `PORT_TAKEN` or `PORT_UNUSABLE`, with the port, what it is for and the setting
 */
export function listenHttps(options: HttpsOptions): Promise<DeviceListener> {
  const server = createServer({ ...options.server, ...handshake, ALPNProtocols: applicationProtocols });
  server.on('request', (request, response) => void answer(options, request, response));
  server.on('tlsClientError', () => undefined);
  return listenForDevices(server, options, 'which devices publish to over HTTPS');
}

async function answer(
  options: HttpsOptions,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = options.uuid();
  response.setHeader('x-amzn-RequestId', requestId);
  try {
    const identity = identify(options, incoming, requestId);
    const { method = 'GET', url = '/', headers } = incoming;
    const [path = '/', search] = url.split('?', 2);
    const query = new URLSearchParams(search);
    const body = await readBody(incoming, maxPayloadBytes);
    const accessKeyId = identity.origin.principal ?? '';
    await serve(
      options,
      identity,
      { method, path, query, headers, body, region: '', accessKeyId, requestId },
      response,
    );
  } catch (thrown) {
    sendError(response, 'rest-json', thrown, requestId);
    // The rest of a body is read and dropped: a caller that is still writing would miss the answer otherwise.
    incoming.resume();
  }
}

/** @throws AwsApiError 403 for what the policy does not allow, 501 for what is not served */
function serve(
  options: HttpsOptions,
  identity: ClientIdentity,
  request: AwsRequest,
  response: ServerResponse,
): Promise<void> | void {
  const { method, path, requestId } = request;
  const encodedTopic = topicPath.exec(path)?.[1];
  if (method === 'POST' && encodedTopic !== undefined) {
    publish(options, identity, request, encodedTopic);
    response.setHeader('content-type', 'application/json');
    response.writeHead(200).end(JSON.stringify({ message: 'OK', traceId: requestId }));
    return undefined;
  }
  const call = options.shadows === undefined ? undefined : readShadowCall(request);
  if (options.shadows === undefined || call === undefined) {
    const message = `${method} ${path.slice(0, 200)} is not served to devices over HTTPS here; Publish is.`;
    throw new AwsApiError(501, 'UnsupportedOperationException', message);
  }
  const thingName = call.operation === 'list' ? call.thingName : call.id.thingName;
  if (!options.authoriser.useThing(identity, call.action, thingName)) throw forbidden(requestId);
  return options.shadows(request, response);
}

function publish(
  options: HttpsOptions,
  identity: ClientIdentity,
  { query, headers, body, requestId }: AwsRequest,
  encodedTopic: string,
): void {
  const source = { encodedTopic, query, headers, body };
  const { properties, ...message } = readPublish(source, new Set(options.servedTopics));
  if (!options.authoriser.publish(identity, message.topic, message.retain)) throw forbidden(requestId);
  const { principal = '', remoteAddress } = identity.origin;
  options.publish({
    ...message,
    publisher: { protocol: 'HTTP', principal, sourceIp: remoteAddress },
    traceId: requestId,
    republishes: 0,
    ...(properties === undefined ? {} : { properties }),
  });
}

/**
 * Whose certificate it is.
 *
 * @throws AwsApiError 403 ForbiddenException unless it is registered, ACTIVE and holds at this time
 */
function identify(
  { directory, refused }: HttpsOptions,
  { socket }: IncomingMessage,
  requestId: string,
): ClientIdentity {
  const certificateDer = socket instanceof TLSSocket ? peerCertificateDer(socket) : undefined;
  const identity = certificateDer === undefined ? undefined : directory.identify(certificateDer);
  if (identity?.status !== 'ACTIVE' || identity.problem !== undefined) {
    if (identity !== undefined) {
      const { certificateId: principal, status, problem = `is ${status}` } = identity;
      const detail = `the certificate ${problem}`;
      refused?.({
        principal,
        packet: 'connect',
        topics: [],
        reason: 'AUTH_ERROR',
        detail,
        effect: 'answered',
      });
    }
    throw forbidden(requestId);
  }
  const { remoteAddress = '', remotePort = 0 } = socket;
  const origin = { remoteAddress, remotePort, transport: 'tls', principal: identity.certificateId } as const;
  return { clientId: '', origin };
}

/** AWS tells no reason. */
function forbidden(traceId: string): AwsApiError {
  return new AwsApiError(403, 'ForbiddenException', 'Forbidden', { traceId });
}

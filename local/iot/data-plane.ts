import type { ServerResponse } from 'node:http';
import { AwsApiError } from '../errors.ts';
import type { AwsRequest, ServiceHandler } from '../endpoint/service.ts';
import { deleteConnection, getConnection, listSubscriptions } from './data-plane/connections.ts';
import { readPublish } from './data-plane/publish-request.ts';
import { getRetainedMessage, listRetainedMessages } from './data-plane/retained.ts';
import type { Gateway } from './gateway/index.ts';
import type { PublishMessage } from './message.ts';
import type { TopicService } from './topics/reserved-topics.ts';

export interface DataPlaneOptions {
  readonly publish: PublishMessage;
  readonly newId: () => string;
  /** For retained messages and connections. @default those operations are refused by name */
  readonly gateway?: Gateway;
  /** Services that take requests on `$aws/…` topics. @default none but Basic Ingest */
  readonly servedTopics?: readonly TopicService[];
  /** Answers what has to do with shadows (`/things/…`). @default those operations are refused by name */
  readonly shadows?: ServiceHandler;
}

/** One operation: `found` is what the pattern has found in the path. */
interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly answer: (request: AwsRequest, found: string, response: ServerResponse) => Promise<void> | void;
}

const shadowPath = /^\/(?:api\/)?things\/(.+)$/;

/** AWS IoT's data plane over HTTPS. What it does not serve is refused by name. */
export function createDataPlaneHandler(options: DataPlaneOptions): ServiceHandler {
  const { gateway, shadows } = options;
  const routes = [
    publishRoute(options),
    ...(gateway === undefined ? [] : gatewayRoutes(gateway)),
    ...(shadows === undefined ? [] : shadowRoutes(shadows)),
  ];
  return (request, response) => {
    for (const { method, path, answer } of routes) {
      const found = method === request.method ? path.exec(request.path)?.[1] : undefined;
      if (found !== undefined) return answer(request, found, response);
    }
    throw new AwsApiError(
      501,
      'UnsupportedOperationException',
      `${request.method} ${request.path} of the IoT data plane is not served here; Publish is.`,
    );
  };
}

function publishRoute({ publish, newId, servedTopics }: DataPlaneOptions): Route {
  const served = new Set(servedTopics);
  return {
    method: 'POST',
    path: /^\/topics\/(.+)$/,
    answer({ query, headers, body, accessKeyId }, encodedTopic, response) {
      const { properties, ...message } = readPublish({ encodedTopic, query, headers, body }, served);
      const traceId = newId();
      // Answered first: whoever publishes goes on while the message is on its way, as on AWS.
      answerJson(response, { message: 'OK', traceId });
      publish({
        ...message,
        publisher: { protocol: 'HTTP', principal: accessKeyId, sourceIp: '127.0.0.1' },
        traceId,
        republishes: 0,
        ...(properties === undefined ? {} : { properties }),
      });
    },
  };
}

function gatewayRoutes(gateway: Gateway): Route[] {
  const json =
    (read: (found: string, query: URLSearchParams) => unknown): Route['answer'] =>
    ({ query }, found, response) =>
      answerJson(response, read(found, query));
  return [
    {
      method: 'GET',
      path: /^(\/retainedMessage)\/?$/,
      answer: json((_, query) => listRetainedMessages(gateway, query)),
    },
    {
      method: 'GET',
      path: /^\/retainedMessage\/(.+)$/,
      answer: json((topic) => getRetainedMessage(gateway, topic)),
    },
    {
      method: 'GET',
      path: /^\/connections\/([^/]+)$/,
      answer: json((clientId, query) => getConnection(gateway, clientId, query)),
    },
    {
      method: 'GET',
      path: /^\/connections\/([^/]+)\/subscriptions$/,
      answer: json((clientId, query) => listSubscriptions(gateway, clientId, query)),
    },
    {
      method: 'DELETE',
      path: /^\/connections\/([^/]+)$/,
      answer({ query }, clientId, response) {
        deleteConnection(gateway, clientId, query);
        response.writeHead(200).end();
      },
    },
  ];
}

function shadowRoutes(shadows: ServiceHandler): Route[] {
  return ['GET', 'POST', 'DELETE'].map((method) => ({
    method,
    path: shadowPath,
    answer: (request, _found, response) => shadows(request, response),
  }));
}

function answerJson(response: ServerResponse, body: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.writeHead(200).end(JSON.stringify(body));
}

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { AwsApiError } from '../errors.ts';
import { readBody } from './body.ts';
import { readCredentialScope } from './credential-scope.ts';
import { detectProtocol, sendError } from './error-response.ts';
import { listen, type Listener, type ListenOptions } from './listen.ts';
import { requireLoopback } from './loopback.ts';
import type { AwsRequestHead, OwnHandler, Service } from './service.ts';

/** Paths that begin like this are the cloud's own and no AWS API. */
export const OWN_PATH_PREFIX = '/_glasshouse/';

const DEFAULT_MAX_BODY_BYTES = 6 * 1024 * 1024;

export interface EndpointOptions {
  /** The services by signing name (`sqs`, `s3`, `dynamodb`, `iot`, `iotdata`, …). */
  readonly services: Readonly<Record<string, Service>>;
  /** Answers everything under `/_glasshouse/`; without it those paths are not found. */
  readonly own?: OwnHandler;
  /** The largest body that a plain service is given. @default 6 MiB */
  readonly maxBodyBytes?: number;
  /** Told of every failure that is this cloud's own and not the caller's. */
  readonly log: (message: string, data: Readonly<Record<string, unknown>>) => void;
}

export interface Endpoint {
  /**
   * Starts to listen; port 0 takes any free one.
   *
   * @throws ConfigurationError when the port cannot be had; it names the setting that changes it.
   */
  listen(options: ListenOptions): Promise<Listener>;
  /** Takes no more requests, lets those that run finish for a moment, and ends all connections. */
  close(): Promise<void>;
}

/**
 * One HTTP server for every AWS API of the cloud. The service is picked by the credential scope of the
 * request's signature, so that `AWS_ENDPOINT_URL` alone brings the AWS CLI and every SDK here.
 *
 * Signatures are read and not verified: whoever can open a connection to this machine's loopback may do
 * everything. Hence it listens on the loopback only and refuses what a browser sends for a page of another site.
 */
export function createEndpoint(options: EndpointOptions): Endpoint {
  const { own, log, maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = options;
  const services = new Map(Object.entries(options.services));
  const served = [...services.keys()].sort().join(', ');

  async function route(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    let service: string | undefined;
    try {
      response.setHeader('x-amzn-RequestId', requestId);
      requireLoopback(incoming.headers);
      const { path, query } = splitUrl(incoming.url ?? '/');
      if (path.startsWith(OWN_PATH_PREFIX)) {
        if (own === undefined) throw new AwsApiError(404, 'NotFound', `There is nothing at ${path}.`);
        await own(incoming, response);
        return;
      }
      const { headers, method = 'GET' } = incoming;
      const scope = readCredentialScope(headers, query);
      ({ service } = scope);
      const { region, accessKeyId } = scope;
      await serve(
        service,
        { method, path, query, headers, region, accessKeyId, requestId },
        incoming,
        response,
      );
    } catch (thrown) {
      if (!(thrown instanceof AwsApiError)) {
        log('a request failed', { service, url: incoming.url, requestId, error: thrown });
      }
      sendError(response, detectProtocol(incoming.headers, service), thrown, requestId);
      // The rest of a body is read and dropped: a caller that is still writing would miss the answer otherwise.
      incoming.resume();
    }
  }

  async function serve(
    name: string,
    head: AwsRequestHead,
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const service = services.get(name);
    if (service === undefined) {
      throw new AwsApiError(
        501,
        'UnknownService',
        `The request is signed for the service "${name}", which is not part of this cloud. Served are: ${served}.`,
      );
    }
    if (typeof service === 'function') {
      const body = await readBody(incoming, maxBodyBytes);
      await service({ ...head, body }, response);
    } else if ('handle' in service) {
      const body = await readBody(incoming, service.maxBodyBytes);
      await service.handle({ ...head, body }, response);
    } else {
      await service.stream(head, incoming, response);
    }
  }

  const server = createServer((incoming, response) => void route(incoming, response));
  // SDKs keep their connections and use them again after a pause: Node's 5 seconds would cut them then.
  server.keepAliveTimeout = 65_000;
  server.headersTimeout = 70_000;
  let listener: Listener | undefined;

  return {
    async listen(where) {
      listener = await listen(server, where);
      return listener;
    },
    async close() {
      await listener?.close();
    },
  };
}

/** Splits a request's target. It is not parsed as a URL: that would resolve the `..` of an S3 key. */
function splitUrl(url: string): { path: string; query: URLSearchParams } {
  const mark = url.indexOf('?');
  if (mark === -1) return { path: url, query: new URLSearchParams() };
  return { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
}

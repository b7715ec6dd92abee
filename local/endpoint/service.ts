import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** The head of one signed request to an AWS API. */
export interface AwsRequestHead {
  readonly method: string;
  /** The path as it came: still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The region and the key that the caller signed with; neither is checked. */
  readonly region: string;
  readonly accessKeyId: string;
  /** A UUID; the answer already carries it as `x-amzn-RequestId`. */
  readonly requestId: string;
}

/** One whole request. */
export interface AwsRequest extends AwsRequestHead {
  readonly body: Buffer;
}

/** Answers one request. What it throws is answered as an error in the protocol that the request speaks. */
export type ServiceHandler = (request: AwsRequest, response: ServerResponse) => Promise<void> | void;

/** A service whose bodies may be larger than the endpoint's default limit. */
export interface BufferedService {
  readonly maxBodyBytes: number;
  readonly handle: ServiceHandler;
}

/** A service that reads the body itself, as it arrives: a proxy copies nothing that way. */
export interface StreamingService {
  readonly stream: (
    head: AwsRequestHead,
    incoming: IncomingMessage,
    response: ServerResponse,
  ) => Promise<void> | void;
}

export type Service = ServiceHandler | BufferedService | StreamingService;

/** Answers a request to the endpoint's own paths, which is no AWS API and needs no signature. */
export type OwnHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

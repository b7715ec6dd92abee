import type { ServerResponse } from 'node:http';
import { sendError } from '../endpoint/error-response.ts';
import { readJsonBody, sendJson } from '../endpoint/json-service.ts';
import type { AwsRequest, ServiceHandler } from '../endpoint/service.ts';
import { renderXml } from '../endpoint/xml.ts';
import { AwsApiError } from '../errors.ts';
import type { Operation } from './context.ts';
import { queryErrorCode, sqsError } from './errors.ts';
import { decodeForm, encodeResult } from './query-protocol.ts';

const TARGET_PREFIX = 'AmazonSQS.';
const NAMESPACE = 'http://queue.amazonaws.com/doc/2012-11-05/';

/** Answers requests to the SQS API in both of its protocols: JSON 1.0 where a target is named, else query. */
export function createHandler(operations: Readonly<Record<string, Operation>>): ServiceHandler {
  const byName = new Map(Object.entries(operations));

  function find(name: string): Operation {
    const operation = byName.get(name);
    if (operation !== undefined) return operation;
    throw sqsError(
      'UnknownOperationException',
      `The action ${name} is not valid for this endpoint. Served are: ${[...byName.keys()].sort().join(', ')}.`,
    );
  }

  async function answerJson(target: string, request: AwsRequest, response: ServerResponse): Promise<void> {
    try {
      const operation = find(target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : target);
      const output = await operation(readJsonBody(request.body, notJson), caller(request, response));
      sendJson(response, '1.0', output);
    } catch (thrown) {
      // What is no error of the API is for the endpoint to log and to answer; so below.
      if (!(thrown instanceof AwsApiError)) throw thrown;
      const { code, status } = thrown;
      response.setHeader(
        'x-amzn-query-error',
        `${queryErrorCode(code)};${status < 500 ? 'Sender' : 'Receiver'}`,
      );
      sendError(response, 'json-1.0', thrown, request.requestId);
    }
  }

  async function answerQuery(request: AwsRequest, response: ServerResponse): Promise<void> {
    const { requestId } = request;
    try {
      const form = readForm(request);
      const action = form.get('Action') ?? '';
      const output = await find(action)(decodeForm(action, form), caller(request, response));
      const result = encodeResult(action, output);
      const content = {
        ...(result === undefined ? {} : { [`${action}Result`]: result }),
        ResponseMetadata: { RequestId: requestId },
      };
      const body = renderXml(`${action}Response`, content, NAMESPACE);
      response.writeHead(200, { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(body) });
      response.end(body);
    } catch (thrown) {
      if (!(thrown instanceof AwsApiError)) throw thrown;
      const { status, code, message } = thrown;
      sendError(response, 'query', new AwsApiError(status, queryErrorCode(code), message), requestId);
    }
  }

  return (request, response) => {
    const target = request.headers['x-amz-target'];
    return typeof target === 'string'
      ? answerJson(target, request, response)
      : answerQuery(request, response);
  };
}

function notJson(): AwsApiError {
  return sqsError('InvalidParameterValue', 'The request is not JSON.');
}

/** Parameters may stand in the query and in the body; the path may stand for the queue's URL. */
function readForm({ method, path, query, body }: AwsRequest): URLSearchParams {
  const form = new URLSearchParams(query);
  if (method === 'POST') {
    for (const [name, value] of new URLSearchParams(body.toString())) form.set(name, value);
  }
  if (path !== '/' && !form.has('QueueUrl')) form.set('QueueUrl', path);
  return form;
}

function caller({ accessKeyId }: AwsRequest, response: ServerResponse) {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return { senderId: accessKeyId, signal: gone.signal };
}

import type { ServerResponse } from 'node:http';
import { sendError } from '../endpoint/error-response.ts';
import type { AwsRequest, ServiceHandler } from '../endpoint/service.ts';
import { renderXml } from '../endpoint/xml.ts';
import { AwsApiError } from '../errors.ts';
import type { Operation } from './context.ts';
import { snsError } from './errors.ts';
import { NOT_SERVED } from './operations.ts';
import { decodeForm, encodeResult } from './query-protocol.ts';

const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';

/** Answers requests to the SNS API. */
export function createHandler(operations: Readonly<Record<string, Operation>>): ServiceHandler {
  const byName = new Map(Object.entries(operations));
  return async (request, response) => {
    const { requestId } = request;
    try {
      const form = readForm(request);
      const action = form.get('Action') ?? '';
      const operation = byName.get(action);
      if (operation === undefined) throw unknownAction(action, [...byName.keys()]);
      send(response, renderAnswer(action, await operation(decodeForm(action, form)), requestId));
    } catch (thrown) {
      // What is no error of the API is for the endpoint to log and to answer.
      if (!(thrown instanceof AwsApiError)) throw thrown;
      sendError(response, 'query', thrown, requestId);
    }
  };
}

/** An operation's answer as XML. */
export function renderAnswer(action: string, output: object, requestId: string): string {
  const result = encodeResult(action, output);
  const content = {
    ...(result === undefined ? {} : { [`${action}Result`]: result }),
    ResponseMetadata: { RequestId: requestId },
  };
  return renderXml(`${action}Response`, content, NAMESPACE);
}

/** Parameters stand in the query or in the body. */
function readForm({ method, query, body }: AwsRequest): URLSearchParams {
  const form = new URLSearchParams(query);
  if (method === 'POST') {
    for (const [name, value] of new URLSearchParams(body.toString())) form.set(name, value);
  }
  return form;
}

function unknownAction(action: string, served: readonly string[]): AwsApiError {
  const reason = Object.hasOwn(NOT_SERVED, action) ? `: ${NOT_SERVED[action]}` : '';
  return snsError(
    'InvalidAction',
    `The action ${action.slice(0, 100)} is not served here${reason}. Served are: ${served.toSorted().join(', ')}.`,
  );
}

function send(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

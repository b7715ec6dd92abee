import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { errorText } from '../../../shared/errors.ts';
import { sendError } from '../../endpoint/error-response.ts';
import type { AwsRequest, ServiceHandler } from '../../endpoint/service.ts';
import { renderXml } from '../../endpoint/xml.ts';
import { AwsApiError } from '../../errors.ts';
import { cloudWatchError } from '../errors.ts';
import { INPUTS } from './inputs.ts';
import { OUTPUTS } from './outputs.ts';
import { decodeForm, decodeJson, encodeJson, encodeXml } from './shape.ts';

/** An operation of the API: input and output by the names of the API, times in milliseconds. */
export type Operation = (input: unknown) => object;

const NAMESPACE = 'http://monitoring.amazonaws.com/doc/2010-08-01/';
const JSON_TYPE = 'application/x-amz-json-1.0';

/** CloudWatch takes a megabyte for PutMetricData, however small it was packed. */
const MAX_BODY_BYTES = 1_048_576;

/** What the JSON protocol calls the errors that have another code in the query protocol. */
const SHAPES: ReadonlyMap<string, string> = new Map([
  ['InvalidFormat', 'InvalidFormatFault'],
  ['InvalidParameterCombination', 'InvalidParameterCombinationException'],
  ['InvalidParameterValue', 'InvalidParameterValueException'],
  ['LimitExceeded', 'LimitExceededFault'],
  ['MissingParameter', 'MissingRequiredParameterException'],
  ['ValidationError', 'ValidationException'],
]);

const unpack = promisify(gunzip);

/**
 * Answers requests to the CloudWatch API, in the protocol that they are made in: today's SDKs speak JSON, those of some
 * years ago and older command lines the query protocol. The newest, Smithy's RPC in CBOR, is refused by name.
 */
export function createHandler(operations: Readonly<Record<string, Operation>>): ServiceHandler {
  const byName = new Map(Object.entries(operations));

  function operationOf(name: string): Operation {
    const operation = byName.get(name);
    if (operation !== undefined) return operation;
    const served = [...byName.keys()].sort().join(', ');
    throw cloudWatchError(
      'InvalidAction',
      `The action ${name.slice(0, 100)} is not served here. Served are: ${served}.`,
    );
  }

  function answerJson(target: string, body: Buffer, response: ServerResponse): void {
    const name = target.slice(target.lastIndexOf('.') + 1);
    const operation = operationOf(name);
    const input = decodeJson({ members: INPUTS[name] ?? {} }, parseJson(body));
    const output = encodeJson({ members: OUTPUTS[name] ?? {} }, operation(input));
    send(response, JSON_TYPE, JSON.stringify(output));
  }

  function answerQuery(request: AwsRequest, body: Buffer, response: ServerResponse): void {
    const form = readForm(request, body);
    const name = form.get('Action') ?? '';
    const operation = operationOf(name);
    const output = operation(decodeForm(INPUTS[name] ?? {}, form));
    const members = OUTPUTS[name];
    const content = {
      ...(members === undefined ? {} : { [`${name}Result`]: encodeXml(members, output) }),
      ResponseMetadata: { RequestId: request.requestId },
    };
    send(response, 'text/xml', renderXml(`${name}Response`, content, NAMESPACE));
  }

  return async (request, response) => {
    const { headers, requestId } = request;
    const target = headers['x-amz-target'];
    try {
      if (headers['smithy-protocol'] !== undefined) throw notSpoken(String(headers['smithy-protocol']));
      const body = await bodyOf(request);
      if (typeof target === 'string') answerJson(target, body, response);
      else answerQuery(request, body, response);
    } catch (thrown) {
      // What is no error of the API is for the endpoint to log and to answer.
      if (!(thrown instanceof AwsApiError)) throw thrown;
      if (target === undefined) sendError(response, 'query', thrown, requestId);
      else sendJsonError(response, thrown, requestId);
    }
  };
}

/** SDKs of the JSON protocol are told the error's code of the query protocol too. */
function sendJsonError(response: ServerResponse, error: AwsApiError, requestId: string): void {
  const { status, code, message, data } = error;
  response.setHeader('x-amzn-query-error', `${code};${status < 500 ? 'Sender' : 'Receiver'}`);
  sendError(
    response,
    'json-1.0',
    new AwsApiError(status, SHAPES.get(code) ?? code, message, data),
    requestId,
  );
}

/** Large requests come packed: SDKs do so from ten kilobytes on. */
async function bodyOf({ headers, body }: AwsRequest): Promise<Buffer> {
  const encoding = headers['content-encoding'];
  if (encoding === undefined) return body;
  if (encoding !== 'gzip') {
    throw cloudWatchError(
      'MalformedInput',
      `The body is packed as ${encoding.slice(0, 100)}; gzip is taken.`,
    );
  }
  try {
    return await unpack(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    throw cloudWatchError('MalformedInput', `The body cannot be unpacked: ${errorText(error)}.`);
  }
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw cloudWatchError('MalformedInput', `The body is not JSON: ${errorText(error)}.`);
  }
}

/** Parameters stand in the query or in the body. */
function readForm({ method, query }: AwsRequest, body: Buffer): URLSearchParams {
  const form = new URLSearchParams(query);
  if (method === 'POST') {
    for (const [name, value] of new URLSearchParams(body.toString())) form.set(name, value);
  }
  return form;
}

function notSpoken(protocol: string): AwsApiError {
  return new AwsApiError(
    501,
    'ProtocolNotServed',
    `The protocol ${protocol.slice(0, 50)} is not spoken here; JSON 1.0 and the query protocol are.`,
  );
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

import type { ServerResponse } from 'node:http';
import type { AwsApiError } from '../errors.ts';
import type { ServiceHandler } from './service.ts';

/** How AWS's JSON protocols are told apart: by the type of their content. */
export type JsonVersion = '1.0' | '1.1';

export interface JsonServiceOptions {
  readonly version: JsonVersion;
  /** What the names of operations have before them in `x-amz-target`: `AmazonSSM.` */
  readonly targetPrefix: string;
  readonly operations: Readonly<Record<string, (input: unknown) => object>>;
  /** An error of the API. */
  readonly error: (code: 'UnknownOperationException' | 'ValidationException', message: string) => AwsApiError;
}

/** Answers requests to an API that speaks JSON and nothing else. What is not served is refused by name. */
export function createJsonService({
  version,
  targetPrefix,
  operations,
  error,
}: JsonServiceOptions): ServiceHandler {
  const byName = new Map(Object.entries(operations));
  const notJson = (): AwsApiError => error('ValidationException', 'The request is not JSON.');
  return ({ headers, body }, response) => {
    const target = headers['x-amz-target'];
    const isOurs = typeof target === 'string' && target.startsWith(targetPrefix);
    const operation = isOurs ? byName.get(target.slice(targetPrefix.length)) : undefined;
    if (operation === undefined) {
      const served = [...byName.keys()].toSorted().join(', ');
      throw error(
        'UnknownOperationException',
        `The operation ${String(target).slice(0, 100)} is not served here. Served are: ${served}.`,
      );
    }
    sendJson(response, version, operation(readJsonBody(body, notJson)));
  };
}

/** What a request says; nothing at all is an empty object. @throws what `notJson` makes */
export function readJsonBody(body: Buffer, notJson: () => AwsApiError): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString());
  } catch {
    throw notJson();
  }
}

export function sendJson(response: ServerResponse, version: JsonVersion, output: object): void {
  const text = JSON.stringify(output);
  response.writeHead(200, {
    'content-type': `application/x-amz-json-${version}`,
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

import type { ServiceHandler } from '../endpoint/service.ts';
import type { Operation } from './context.ts';
import { eventBridgeError, invalid } from './errors.ts';

const TARGET_PREFIX = 'AWSEvents.';

/** Answers requests to the EventBridge API, in JSON 1.1. */
export function createHandler(operations: Readonly<Record<string, Operation>>): ServiceHandler {
  const byName = new Map(Object.entries(operations));
  return ({ headers, body }, response) => {
    const target = headers['x-amz-target'];
    const name = typeof target === 'string' && target.startsWith(TARGET_PREFIX) ? target : TARGET_PREFIX;
    const operation = byName.get(name.slice(TARGET_PREFIX.length));
    if (operation === undefined) {
      const served = [...byName.keys()].toSorted().join(', ');
      throw eventBridgeError(
        'UnknownOperationException',
        `The operation ${String(target).slice(0, 100)} is not served here. Served are: ${served}.`,
      );
    }
    const output = JSON.stringify(operation(readJson(body)));
    response.writeHead(200, {
      'content-type': 'application/x-amz-json-1.1',
      'content-length': Buffer.byteLength(output),
    });
    response.end(output);
  };
}

function readJson(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString());
  } catch {
    throw invalid('The request is not JSON.');
  }
}

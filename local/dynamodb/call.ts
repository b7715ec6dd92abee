import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/** Rules put an item a message: a connection each would cost more than the item. */
const agent = new Agent({ keepAlive: true });

/**
 * Calls an engine by hand: loading the SDK would cost the start of the cloud more than everything else in it.
 * Engines check no signature; they read the region out of one.
 *
 * @returns the answer's text; `ok` says whether the operation succeeded.
 * @throws Error when the engine is not reached
 */
export async function callDynamoDb(
  engineUrl: string,
  region: string,
  operation: string,
  request: unknown,
): Promise<{ ok: boolean; text: string }> {
  const body = JSON.stringify(request);
  const asking = httpRequest(engineUrl, {
    method: 'POST',
    agent,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(body),
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
      'x-amz-date': '20260101T000000Z',
    },
  });
  asking.end(body);
  try {
    const [answer]: IncomingMessage[] = await once(asking, 'response');
    if (answer === undefined) throw new Error(`${engineUrl} gave no answer`);
    const { statusCode = 0 } = answer;
    return { ok: statusCode >= 200 && statusCode < 300, text: await text(answer) };
  } catch (error) {
    // An engine may close a connection that was idle in the very moment in which it is used again.
    const isStale = asking.reusedSocket && error instanceof Error && 'code' in error;
    if (isStale && error.code === 'ECONNRESET') return callDynamoDb(engineUrl, region, operation, request);
    throw error;
  }
}

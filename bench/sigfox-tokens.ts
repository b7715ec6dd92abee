import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

const TOKEN = /,"ClientRequestToken":"[^"]*"/;

/**
 * Leaves out the token by which DynamoDB knows a transaction again that the SDK itself sends twice. The embedded
 * engine searches all tokens of the last ten minutes with every transaction, so that a day of them in two minutes
 * would measure that search; DynamoDB does not. What is sent twice here is told by its conditions alone.
 */
export function withoutTokens(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { request } = args;
      if (hasBody(request)) {
        const text = textOf(request.body);
        if (TOKEN.test(text)) request.body = Buffer.from(text.replace(TOKEN, ''));
      }
      return next(args);
    },
    { step: 'build', priority: 'high', name: 'withoutTokens' },
  );
}

function hasBody(request: unknown): request is { body: Uint8Array } {
  return (
    typeof request === 'object' && request !== null && 'body' in request && request.body instanceof Uint8Array
  );
}

/** The SDK warns of a body that is taken for text, as Buffer.from does to see what it was given. */
function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString();
}

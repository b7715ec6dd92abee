import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Context } from 'aws-lambda';

/** What a service was asked: its operation, or its path where that says it, and the body. */
export interface Asked {
  readonly what: string;
  readonly body: string;
}

/** As much of AWS as the functions ask beside DynamoDB: data plane, queues, parameters. All of it says yes. */
export async function startAws(parameter: string) {
  const asked: Asked[] = [];
  let failing = false;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const target = request.headers['x-amz-target'];
      const what = String(target ?? decodeURIComponent(request.url ?? '').replace(/\?.*$/, ''));
      asked.push({ what, body });
      const isSsm = what === 'AmazonSSM.GetParameter';
      response.writeHead(failing && !isSsm ? 500 : 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(isSsm ? JSON.stringify({ Parameter: { Value: parameter } }) : '{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    asked,
    /** From now on everything but the parameter is away, or there again. */
    fail: (isFailing: boolean): void => void (failing = isFailing),
    published: (): { topic: string; message: unknown }[] =>
      asked
        .filter(({ what }) => what.startsWith('/topics/'))
        .map(({ what, body }) => ({
          topic: what.slice('/topics/'.length),
          message: JSON.parse(body) as unknown,
        })),
    stop(): void {
      server.close();
      server.closeAllConnections();
    },
  };
}

export function contextOf(functionName: string): Context {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:eu-west-1:000000000000:function:${functionName}`,
    memoryLimitInMB: '512',
    awsRequestId: 'request-1',
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => 9_000,
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}

import type { ServerResponse } from 'node:http';
import { AwsApiError } from '../errors.ts';
import type { AwsRequest, ServiceHandler } from '../endpoint/service.ts';
import type { Lambda } from './lambda.ts';

const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
const FUNCTIONS = /^\/2015-03-31\/functions\/?$/;

/** Lambda's REST API: Invoke (RequestResponse, Event, DryRun) and ListFunctions. Others are refused by name. */
export function createLambdaHandler(lambda: Lambda): ServiceHandler {
  return (request, response) => {
    const invoke = INVOKE.exec(request.path);
    if (request.method === 'POST' && invoke !== null) {
      return invokeFunction(lambda, decodeURIComponent(invoke[1] ?? ''), request, response);
    }
    if (request.method === 'GET' && FUNCTIONS.test(request.path)) {
      return listFunctions(lambda, response);
    }
    throw new AwsApiError(
      501,
      'NotImplementedException',
      `Lambda's ${request.method} ${request.path} is not served here; Invoke and ListFunctions are.`,
    );
  };
}

async function invokeFunction(
  lambda: Lambda,
  name: string,
  request: AwsRequest,
  response: ServerResponse,
): Promise<void> {
  const definition = lambda.find(name);
  const payload = request.body.length === 0 ? '{}' : request.body.toString();
  try {
    JSON.parse(payload);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'not JSON';
    throw new AwsApiError(
      400,
      'InvalidRequestContentException',
      `Could not parse request body into json: ${why}`,
    );
  }
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  response.setHeader('X-Amz-Executed-Version', '$LATEST');
  if (type === 'DryRun') {
    response.writeHead(204).end();
    return;
  }
  if (type === 'Event') {
    response.setHeader('x-amzn-RequestId', lambda.invokeAsync(definition, payload));
    response.writeHead(202).end();
    return;
  }
  const { requestId, result } = await lambda.invoke(definition, payload);
  response.setHeader('x-amzn-RequestId', requestId);
  response.setHeader('content-type', 'application/json');
  if (!result.ok) response.setHeader('X-Amz-Function-Error', 'Unhandled');
  response.writeHead(200).end(result.ok ? result.payload : JSON.stringify(result.error));
}

function listFunctions(lambda: Lambda, response: ServerResponse): void {
  const Functions = lambda.functions.map((definition) => ({
    FunctionName: definition.name,
    FunctionArn: definition.arn,
    Runtime: 'nodejs24.x',
    Handler: definition.handler,
    Timeout: definition.timeoutSeconds,
    MemorySize: definition.memoryMb,
    Version: '$LATEST',
    Environment: { Variables: definition.environment },
  }));
  response.setHeader('content-type', 'application/json');
  response.writeHead(200).end(JSON.stringify({ Functions }));
}

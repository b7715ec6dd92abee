import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { installThreadClock } from '../clock/thread-clock.ts';
import type { ContainerData, FromContainer, ToContainer } from './container-messages.ts';

/**
 * Runs in a thread of its own: what Lambda's runtime does in a container. It imports the bundle once, then
 * answers one invocation after the other. Lines of `console` carry the request id, as Lambda's JSON log has it.
 */
const started: ContainerData = workerData;
const { bundle, handlerName, functionName, functionArn, memoryMb, time } = started;
if (time !== undefined) installThreadClock(time);

let requestId = '';
for (const level of ['debug', 'info', 'log', 'warn', 'error'] as const) {
  console[level] = (...parts: unknown[]) => {
    const message = parts.length === 1 ? parts[0] : parts;
    const name = level === 'log' ? 'INFO' : level.toUpperCase();
    const line = { timestamp: new Date().toISOString(), level: name, requestId, message };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
}

const port = parentPort;
if (port === null) throw new Error('container-thread.ts is a worker: the pool starts it');

/** Output is handed over with the result, or after this long when the function is still at work. */
const OUTPUT_DELAY_MS = 50;

/**
 * A thread's own standard output is a stream of messages with an acknowledgement each: most of what a short
 * invocation would cost. The text is gathered instead, and goes with the result.
 */
let output = '';
process.stdout.write = (chunk: string | Uint8Array): boolean => {
  if (output === '') setTimeout(sendOutput, OUTPUT_DELAY_MS).unref();
  output += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
  return true;
};
process.on('exit', sendOutput);

function sendOutput(): void {
  const text = takeOutput();
  if (text !== '') send({ kind: 'output', text });
}

function takeOutput(): string {
  const text = output;
  output = '';
  return text;
}

function send(message: FromContainer): void {
  port?.postMessage(message);
}

function describe(thrown: unknown): { errorType: string; errorMessage: string; trace: string[] } {
  if (!(thrown instanceof Error))
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') };
}

try {
  const module: Record<string, unknown> = await import(pathToFileURL(bundle).href);
  const handler = module[handlerName];
  if (typeof handler !== 'function') throw new Error(`${bundle} exports no function "${handlerName}"`);
  port.on('message', (invocation: ToContainer) => {
    void invoke((event, context) => Reflect.apply(handler, undefined, [event, context]), invocation);
  });
  send({ kind: 'ready' });
} catch (error) {
  sendOutput();
  send({ kind: 'init-failed', error: describe(error) });
}

type Handler = (event: unknown, context: Record<string, unknown>) => unknown;

async function invoke(handler: Handler, invocation: ToContainer): Promise<void> {
  ({ requestId } = invocation);
  const endsAtMs = performance.now() + invocation.timeoutMs;
  const context = {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn,
    memoryLimitInMB: String(memoryMb),
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, endsAtMs - performance.now()),
  };
  try {
    const result = await handler(JSON.parse(invocation.payload), context);
    send({ kind: 'succeeded', payload: JSON.stringify(result) ?? 'null', output: takeOutput() });
  } catch (error) {
    send({ kind: 'failed', error: describe(error), output: takeOutput() });
  }
}

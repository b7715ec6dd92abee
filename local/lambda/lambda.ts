import path from 'node:path';
import type { Clock } from '../clock.ts';
import { AwsApiError, ConfigurationError } from '../errors.ts';
import type { PlannedFunction } from '../template/plan.ts';
import { AsynchronousInvocation } from './asynchronous.ts';
import type { InvocationResult } from './container.ts';
import { EventStore } from './event-store.ts';
import { ContainerPool } from './pool.ts';

/** AWS's limit for the payload of an asynchronous invocation, in bytes. */
const MAX_ASYNCHRONOUS_BYTES = 1_048_576;

export interface LambdaOptions {
  readonly functions: readonly PlannedFunction[];
  /** Folder that the bundles are under, at the paths that the handlers name. */
  readonly bundleFolder: string;
  /** Ending of the bundles: `.mjs`. */
  readonly bundleExtension: string;
  /** What every function finds in its environment: endpoint, region, credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** File in which asynchronous events wait. */
  readonly eventFile: string;
  readonly clock: Clock;
  /** The cloud's time for functions: `AdjustableClock.shared`. @default functions live in the machine's time */
  readonly time?: SharedArrayBuffer;
  readonly newId: () => string;
  /** Invocations that may run at once, over all functions. */
  readonly maxConcurrency: number;
  readonly retryDelaysSeconds: readonly number[];
  readonly sendToDestination: (arn: string, record: string) => Promise<void>;
  /** Takes each line that a function writes. */
  readonly onLine: (functionKey: string, line: string) => void;
  readonly log: (message: string, data: Readonly<Record<string, unknown>>) => void;
}

/** The Lambda service: functions that run in containers of their own. */
export interface Lambda {
  readonly functions: readonly PlannedFunction[];
  readonly asynchronous: AsynchronousInvocation;
  /** @throws AwsApiError ResourceNotFoundException when there is no such function. */
  find(nameOrArn: string): PlannedFunction;
  /** Invokes and waits for the result. */
  invoke(
    definition: PlannedFunction,
    payload: string,
  ): Promise<{ requestId: string; result: InvocationResult }>;
  /**
   * Keeps an event that is invoked as soon as there is room, and returns at once.
   *
   * @param key invocations with the same one run in the same container where they can: see ContainerPool.
   */
  invokeAsync(definition: PlannedFunction, payload: string, key?: string): string;
  /** New invocations run the bundles as they are now. */
  recycle(): Promise<void>;
  stop(): Promise<void>;
}

export function createLambda(options: LambdaOptions): Lambda {
  const { functions, clock, time, newId, log, onLine } = options;
  const byName = new Map(functions.map((definition) => [definition.name, definition]));
  const pools = new Map<string, ContainerPool>();
  for (const definition of functions) {
    pools.set(
      definition.name,
      new ContainerPool(
        {
          ...locate(definition, options),
          functionName: definition.name,
          functionArn: definition.arn,
          memoryMb: definition.memoryMb,
          timeoutSeconds: definition.timeoutSeconds,
          environment: {
            ...options.environment,
            ...runtimeEnvironment(definition),
            ...definition.environment,
          },
          clock,
          ...(time === undefined ? {} : { time }),
          onLine: (line) => onLine(definition.key, line),
        },
        definition.reservedConcurrency,
      ),
    );
  }

  function run(
    functionName: string,
    requestId: string,
    payload: string,
    key?: string,
  ): Promise<InvocationResult> {
    const pool = pools.get(functionName);
    if (pool === undefined) throw new Error(`no function is called ${functionName}`);
    return pool.invoke(requestId, payload, key);
  }

  const store = new EventStore(options.eventFile);
  const asynchronous = new AsynchronousInvocation(functions, {
    store,
    clock,
    newId,
    log,
    invoke: run,
    maxConcurrency: options.maxConcurrency,
    retryDelaysSeconds: options.retryDelaysSeconds,
    sendToDestination: options.sendToDestination,
  });

  return {
    functions,
    asynchronous,
    find(nameOrArn) {
      // An ARN, a partial ARN (account:function:name), or a name; each maybe with a qualifier.
      const parts = nameOrArn.split(':');
      const at = parts.indexOf('function');
      const name = (at === -1 ? parts[0] : parts[at + 1]) ?? '';
      const definition = byName.get(name);
      if (definition === undefined) {
        const known = [...byName.keys()].join(', ');
        throw new AwsApiError(
          404,
          'ResourceNotFoundException',
          `Function not found: ${nameOrArn}. The functions of this cloud are: ${known}.`,
        );
      }
      return definition;
    },
    async invoke(definition, payload) {
      const requestId = newId();
      return { requestId, result: await run(definition.name, requestId, payload) };
    },
    invokeAsync(definition, payload, key) {
      if (
        payload.length * 3 > MAX_ASYNCHRONOUS_BYTES &&
        Buffer.byteLength(payload) > MAX_ASYNCHRONOUS_BYTES
      ) {
        throw new AwsApiError(413, 'RequestTooLargeException', 'The event is larger than 1 MB.');
      }
      return asynchronous.enqueue(definition.name, payload, key);
    },
    async recycle() {
      await Promise.all([...pools.values()].map((pool) => pool.recycle()));
    },
    async stop() {
      asynchronous.stop();
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
      store.close();
    },
  };
}

function locate(
  definition: PlannedFunction,
  options: LambdaOptions,
): { bundle: string; handlerName: string } {
  const dot = definition.handler.lastIndexOf('.');
  if (dot === -1) {
    throw new ConfigurationError(
      `function "${definition.key}" has the handler "${definition.handler}": it must be a path, a dot and the name of an export`,
      { code: 'HANDLER_UNUSABLE', data: { function: definition.key } },
    );
  }
  const module = definition.handler.slice(0, dot) + options.bundleExtension;
  return { bundle: path.join(options.bundleFolder, module), handlerName: definition.handler.slice(dot + 1) };
}

/** What Lambda itself puts into a function's environment. */
function runtimeEnvironment({ name, memoryMb, handler }: PlannedFunction): Record<string, string> {
  return {
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    _HANDLER: handler,
    TZ: ':UTC',
  };
}

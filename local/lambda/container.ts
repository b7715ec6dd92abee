import { Worker } from 'node:worker_threads';
import { systemClock, type Clock, type Timer } from '../clock.ts';
import type { ContainerData, FromContainer, FunctionError, ToContainer } from './container-messages.ts';

/** How an invocation ended. `functionError` says who failed: the handler, or Lambda around it. */
export type InvocationResult =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; readonly error: FunctionError };

export interface ContainerOptions extends ContainerData {
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly clock: Clock;
  /** Takes each line that the function writes. */
  readonly onLine: (line: string) => void;
}

/**
 * One container of a function: a worker thread with an environment and a memory of its own, which runs one
 * invocation at a time. After a time-out or a crash it is dead, as on AWS, and another takes its place.
 */
export class Container {
  readonly #worker: Worker;
  readonly #options: ContainerOptions;
  readonly #output: LineReader;
  readonly #started = Promise.withResolvers<void>();
  /** Resolves when the bundle is imported, or cannot be. */
  readonly ready = this.#started.promise;
  #dead = false;
  #initError: FunctionError | undefined;
  #pending: { resolve: (result: InvocationResult) => void; timer: Timer; requestId: string } | undefined;

  constructor(options: ContainerOptions) {
    this.#options = options;
    const { bundle, handlerName, functionName, functionArn, memoryMb, time, environment, onLine } = options;
    const workerData: ContainerData = {
      bundle,
      handlerName,
      functionName,
      functionArn,
      memoryMb,
      ...(time === undefined ? {} : { time }),
    };
    this.#worker = new Worker(new URL('./container-thread.ts', import.meta.url), {
      workerData,
      env: { ...environment },
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
      execArgv: [],
    });
    this.#worker.on('message', (message: FromContainer) => this.#onMessage(message));
    this.#worker.on('error', (error) => this.#die(crash(error.message)));
    this.#worker.on('exit', (code) => this.#die(crash(`exit status ${code}`)));
    this.#output = new LineReader(onLine);
    const errors = new LineReader(onLine);
    this.#worker.stderr.setEncoding('utf8').on('data', (text: string) => errors.take(text));
    this.#worker.unref();
  }

  /** Whether it can take no more invocations. */
  get dead(): boolean {
    return this.#dead;
  }

  /** Runs one invocation. Never rejects. The caller waits for the result before it sends the next. */
  invoke(requestId: string, payload: string): Promise<InvocationResult> {
    const { timeoutSeconds } = this.#options;
    return new Promise((resolve) => {
      if (this.#dead) {
        resolve({ ok: false, error: this.#initError ?? crash('the container has ended') });
        return;
      }
      const timeoutMs = timeoutSeconds * 1_000;
      const timer = systemClock.schedule(timeoutMs, () => this.#timeOut());
      this.#pending = { resolve, timer, requestId };
      const invocation: ToContainer = { requestId, payload, timeoutMs };
      this.#worker.postMessage(invocation);
    });
  }

  async stop(): Promise<void> {
    this.#dead = true;
    await this.#worker.terminate();
  }

  #onMessage(message: FromContainer): void {
    switch (message.kind) {
      case 'ready':
        this.#started.resolve();
        return;
      case 'output':
        this.#output.take(message.text);
        return;
      case 'init-failed':
        this.#initError = message.error;
        this.#die(message.error);
        return;
      case 'succeeded':
        this.#output.take(message.output);
        this.#settle({ ok: true, payload: message.payload });
        return;
      case 'failed':
        this.#output.take(message.output);
        this.#settle({ ok: false, error: message.error });
        return;
    }
  }

  #timeOut(): void {
    const { clock, timeoutSeconds } = this.#options;
    const { requestId = '' } = this.#pending ?? {};
    const errorMessage = `${new Date(clock.now()).toISOString()} ${requestId} Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
    this.#die({ errorType: 'Sandbox.Timedout', errorMessage });
  }

  #die(error: FunctionError): void {
    const first = !this.#dead;
    this.#dead = true;
    this.#started.resolve();
    this.#settle({ ok: false, error });
    if (first) void this.#worker.terminate();
  }

  #settle(result: InvocationResult): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.timer.cancel();
    pending?.resolve(result);
  }
}

function crash(why: string): FunctionError {
  return { errorType: 'Runtime.ExitError', errorMessage: `Runtime exited with error: ${why}` };
}

/** Cuts text that comes in pieces into lines. */
class LineReader {
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line);
  }
}

import { errorText } from '../../../../../shared/errors.ts';
import type { MessageContext } from '../context.ts';
import { SqlEvaluationError } from '../errors.ts';
import type { CallSite } from '../functions/function.ts';
import type { SqlValue } from '../values.ts';
import { CallMemo } from './call-memo.ts';
import type { ExternalFunctions } from './services.ts';

/** How long a Lambda function may take when a rule's SQL waits for it. Source: the reference of `aws_lambda`. */
const LAMBDA_TIMEOUT_MS = 2_000;

/** AWS documents no limit for the other services: an evaluation has to end. */
const SERVICE_TIMEOUT_MS = 5_000;

/** A call of another service that has ended. */
export interface ExternalExecution {
  readonly functionName: string;
  /** What it asked for: `{ FunctionArn: … }`. */
  readonly resources: Readonly<Record<string, string>>;
  /** Absent when it answered. */
  readonly errorMessage?: string;
  readonly durationMs: number;
}

export interface ExternalCallsOptions {
  /** @default the 2,000 that AWS allows a Lambda function */
  readonly lambdaTimeoutMs?: number;
  /** @default 5,000 */
  readonly serviceTimeoutMs?: number;
  /** Milliseconds of a clock that only durations are read from. @default the process's own */
  readonly stopwatch?: () => number;
  /** Is told of each call that has ended; it must not throw. @default nobody is */
  readonly tell?: (execution: ExternalExecution) => void;
}

/** What the evaluations of one rule know of other services, for one message. */
export class ExternalCalls {
  readonly #services: ExternalFunctions;
  readonly #values = new CallMemo<SqlValue>();
  readonly #bytes = new CallMemo<Uint8Array>();
  readonly #places = new Map<string, Set<number>>();
  readonly #options: Required<ExternalCallsOptions>;

  constructor(services: ExternalFunctions, options: ExternalCallsOptions = {}) {
    this.#services = services;
    this.#options = {
      lambdaTimeoutMs: options.lambdaTimeoutMs ?? LAMBDA_TIMEOUT_MS,
      serviceTimeoutMs: options.serviceTimeoutMs ?? SERVICE_TIMEOUT_MS,
      stopwatch: options.stopwatch ?? (() => performance.now()),
      tell: options.tell ?? (() => undefined),
    };
  }

  /** Said before each evaluation from the beginning. */
  beginEvaluation(): void {
    this.#values.beginEvaluation();
    this.#bytes.beginEvaluation();
  }

  value(call: ExternalCall, ask: Ask<SqlValue>): SqlValue {
    this.#checkPlaces(call);
    return this.#values.answer(call.site.id, `${call.name}()`, () => this.#run(call, ask));
  }

  bytes(call: ExternalCall, ask: Ask<Uint8Array>): Uint8Array {
    this.#checkPlaces(call);
    return this.#bytes.answer(call.site.id, `${call.name}()`, () => this.#run(call, ask));
  }

  #checkPlaces({ name, site, mostPlaces = Infinity }: ExternalCall): void {
    const places = this.#places.get(name) ?? new Set();
    this.#places.set(name, places.add(site.id));
    if (places.size <= mostPlaces) return;
    throw new SqlEvaluationError(
      'EXTERNAL_LIMIT_EXCEEDED',
      `${name}() may be written ${mostPlaces} time in a rule's SQL and templates together`,
    );
  }

  async #run<Answer>(call: ExternalCall, ask: Ask<Answer>): Promise<Answer> {
    const { stopwatch, tell } = this.#options;
    const { name: functionName, resources } = call;
    const startedAt = stopwatch();
    try {
      const answer = await this.#inTime(call, ask);
      tell({ functionName, resources, durationMs: stopwatch() - startedAt });
      return answer;
    } catch (thrown) {
      const errorMessage = errorText(thrown);
      tell({ functionName, resources, errorMessage, durationMs: stopwatch() - startedAt });
      throw thrown;
    }
  }

  async #inTime<Answer>(call: ExternalCall, ask: Ask<Answer>): Promise<Answer> {
    const { lambdaTimeoutMs, serviceTimeoutMs } = this.#options;
    const timeoutMs = call.isLambda === true ? lambdaTimeoutMs : serviceTimeoutMs;
    const signal = AbortSignal.timeout(timeoutMs);
    const { promise: timeout, reject } = Promise.withResolvers<never>();
    const giveUp = () => reject(new Error(`no answer within ${timeoutMs} ms`));
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await Promise.race([ask(this.#services, signal), timeout]);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }
}

type Ask<Answer> = (services: ExternalFunctions, signal: AbortSignal) => Promise<Answer>;

/** Which call it is, and what errors call it. */
export interface ExternalCall {
  /** The function's name. */
  readonly name: string;
  readonly site: CallSite;
  /** What it asks for, as the logs name it: `{ FunctionArn: … }`. */
  readonly resources: Readonly<Record<string, string>>;
  /** Whether the time of a Lambda function counts. @default false */
  readonly isLambda?: boolean;
  /** How often the function may be written in a rule's SQL and templates. @default as often as one likes */
  readonly mostPlaces?: number;
}

/**
 * A value from another service.
 *
 * @throws PendingCall while it is under way
 * @throws SqlEvaluationError EXTERNAL_NOT_AVAILABLE, EXTERNAL_CALL_FAILED or EXTERNAL_LIMIT_EXCEEDED
 */
export function askForValue(context: MessageContext, call: ExternalCall, ask: Ask<SqlValue>): SqlValue {
  return callsOf(context, call).value(call, ask);
}

/** Bytes from another service; throws as `askForValue` does. */
export function askForBytes(context: MessageContext, call: ExternalCall, ask: Ask<Uint8Array>): Uint8Array {
  return callsOf(context, call).bytes(call, ask);
}

function callsOf({ external }: MessageContext, { name }: ExternalCall): ExternalCalls {
  if (external !== undefined) return external;
  throw new SqlEvaluationError(
    'EXTERNAL_NOT_AVAILABLE',
    `${name}() asks another service, and this engine was started without any`,
  );
}

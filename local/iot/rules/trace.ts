import type { Publisher } from '../message.ts';
import type { CompiledRule } from './sql/compile-rule.ts';
import type { MessageContext } from './sql/context.ts';
import type { SelectResult } from './sql/result.ts';

interface RuleTrace {
  readonly ruleName: string;
  readonly ruleArn: string;
  readonly topic: string;
  readonly traceId: string;
  readonly publisher: Publisher;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/** One failed action, as AWS's error message lists it. */
export interface ActionFailure {
  readonly failedAction: string;
  readonly failedResource: string;
  readonly errorMessage: string;
}

/** How an action ended, whatever the end was. */
interface ActionEnd {
  /** Whether it is the rule's error action. */
  readonly isErrorAction: boolean;
  readonly durationMs: number;
}

/** What a rule made of a message; nothing of it is written out before somebody asks. */
export interface RuleEvaluation {
  readonly sql: CompiledRule;
  /** What the rule saw of the message. */
  readonly context: MessageContext;
  /** What SELECT gave the actions; absent when WHERE was not true. */
  readonly result?: SelectResult;
}

/** What happens inside the rules engine. */
export type RuleTraceEvent =
  /** A message passed the rule's FROM, and its SQL was evaluated. */
  | (RuleTrace & {
      readonly eventType: 'RuleMatch';
      /** Whether WHERE was true and the actions run; a rule without WHERE runs them too. */
      readonly hasPassed: boolean;
      /** The actions that it starts, by the names that error messages have for them. */
      readonly actions: readonly string[];
      readonly evaluation?: RuleEvaluation;
      readonly durationMs: number;
    })
  /** The rule's SQL could not be evaluated for the message: no action ran, the error action neither. */
  | (RuleTrace & {
      readonly eventType: 'RuleFailure';
      /** The code of the SqlEvaluationError, where it was one. */
      readonly code?: string;
      readonly errorMessage: string;
      readonly durationMs: number;
    })
  /** The rule's SQL called a function that asks another service: `get_thing_shadow()`, `aws_lambda()`, … */
  | (RuleTrace & {
      readonly eventType: 'FunctionExecution';
      readonly functionName: string;
      /** What it asked for: `{ FunctionArn: … }`. */
      readonly resources: Readonly<Record<string, string>>;
      /** Absent when it answered. */
      readonly errorMessage?: string;
      readonly durationMs: number;
    })
  /** Basic Ingest named a rule that does not exist or is disabled. */
  | (RuleTrace & { readonly eventType: 'RuleNotFound' })
  | (RuleTrace &
      ActionEnd & { readonly eventType: 'ActionSuccess'; readonly action: string; readonly resource: string })
  | (RuleTrace & ActionEnd & { readonly eventType: 'ActionFailure' } & ActionFailure)
  /** The error action failed as well: the message is lost but for this event. */
  | (RuleTrace &
      ActionEnd & {
        readonly eventType: 'ErrorActionFailure';
        /** The failures that the error action should have told. */
        readonly failures: readonly ActionFailure[];
        readonly base64OriginalPayload: string;
      } & ActionFailure);

/** Tells nothing further of the message that a rule matched: the memory of its payload can be given back. */
export function withoutEvaluation(event: RuleTraceEvent): RuleTraceEvent {
  if (event.eventType !== 'RuleMatch') return event;
  const { evaluation: _, ...rest } = event;
  return rest;
}

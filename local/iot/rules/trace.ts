interface RuleTrace {
  readonly ruleName: string;
  readonly ruleArn: string;
  readonly topic: string;
  readonly traceId: string;
}

/** One failed action, as AWS's error message lists it. */
export interface ActionFailure {
  readonly failedAction: string;
  readonly failedResource: string;
  readonly errorMessage: string;
}

/** What happens inside the rules engine. */
export type RuleTraceEvent =
  /** A message passed the rule's FROM and WHERE. */
  | (RuleTrace & { readonly eventType: 'RuleMatch' })
  /** The rule's SQL could not be evaluated for the message: no action ran, the error action neither. */
  | (RuleTrace & { readonly eventType: 'RuleFailure'; readonly errorMessage: string })
  /** Basic Ingest named a rule that does not exist or is disabled. */
  | (RuleTrace & { readonly eventType: 'RuleNotFound' })
  | (RuleTrace & { readonly eventType: 'ActionSuccess'; readonly action: string; readonly resource: string })
  | (RuleTrace & { readonly eventType: 'ActionFailure' } & ActionFailure)
  /** The error action failed as well: the message is lost but for this event. */
  | (RuleTrace & {
      readonly eventType: 'ErrorActionFailure';
      /** The failures that the error action should have told. */
      readonly failures: readonly ActionFailure[];
      readonly base64OriginalPayload: string;
    } & ActionFailure);

import { isUtf8 } from 'node:buffer';
import { errorText } from '../../../shared/errors.ts';
import { explainWhere } from '../rules/explain/index.ts';
import type { RuleEvaluation, RuleTraceEvent } from '../rules/trace.ts';
import type { LogFields } from './entry.ts';
import { hasParseError } from './parse-error.ts';

type EventOf<Type extends RuleTraceEvent['eventType']> = RuleTraceEvent & { readonly eventType: Type };

/** A payload or a result that is longer is told by its length. */
const MAX_SHOWN_BYTES = 8 * 1024;

/** AWS prints this one; the others are called by what they are. */
const RESOURCE_NAMES: Readonly<Record<string, string>> = { RepublishAction: 'RepublishTopic' };

/**
 * The entries that AWS IoT would log for an event of the rules engine. What the engine tells in one event can be
 * more than one entry: a match is followed by the start of every action.
 */
export function ruleEntries(event: RuleTraceEvent): LogFields[] {
  switch (event.eventType) {
    case 'RuleMatch':
      return matchEntries(event);
    case 'RuleFailure':
      return failureEntries(event);
    case 'FunctionExecution':
      return [functionEntry(event)];
    case 'RuleNotFound':
      return [
        {
          ...common(event, 'RuleNotFound', 'Failure'),
          reason: 'RuleNotFound',
          details: `Rule ${event.ruleName} not found: it does not exist, or it is disabled`,
        },
      ];
    case 'ActionSuccess': {
      const { action, resource, durationMs, isErrorAction } = event;
      const fields = common(event, 'RuleExecution', 'Success');
      return [{ ...fields, ...actionFields(action, resource, durationMs, isErrorAction) }];
    }
    case 'ActionFailure':
    case 'ErrorActionFailure':
      break;
  }
  return [actionFailureEntry(event)];
}

function matchEntries(event: EventOf<'RuleMatch'>): LogFields[] {
  const { hasPassed, evaluation, actions, durationMs } = event;
  const seen = evaluation === undefined ? {} : shown('payload', evaluation.context.payload.bytes);
  const made = evaluation?.result === undefined ? {} : shownResult(evaluation.result);
  const told = [
    ...(hasPassed ? [] : [whyNot(evaluation)]),
    ...(hasParseError(evaluation) ? ['the payload is not JSON, so its attributes are Undefined'] : []),
  ];
  const match: LogFields = {
    ...common(event, 'RuleMatch', 'Success'),
    ...(told.length === 0 ? {} : { details: told.join('; ') }),
    glasshouse: { hasPassed, durationMs: rounded(durationMs), ...(hasPassed ? made : seen) },
  };
  const starts = actions.map((ruleAction): LogFields => {
    return { ...common(event, 'StartingRuleExecution', 'Success'), logLevel: 'DEBUG', ruleAction };
  });
  return [match, ...starts];
}

function whyNot(evaluation: RuleEvaluation | undefined): string {
  const why = evaluation === undefined ? undefined : explainWhere(evaluation.sql, evaluation.context);
  return `WHERE is not true, no action runs${why === undefined ? '' : `: ${why}`}`;
}

/** The message matched the topic of the rule, and the rule's SQL could not be evaluated for it. */
function failureEntries(event: EventOf<'RuleFailure'>): LogFields[] {
  const { code, errorMessage, durationMs } = event;
  return [
    common(event, 'RuleMatch', 'Success'),
    {
      ...common(event, 'RuleExecution', 'Failure'),
      reason: code ?? 'SqlEvaluationFailed',
      details: `${errorMessage}; no action ran, the error action neither`,
      glasshouse: { durationMs: rounded(durationMs) },
    },
  ];
}

function functionEntry(event: EventOf<'FunctionExecution'>): LogFields {
  const { functionName, resources, errorMessage, durationMs } = event;
  const hasFailed = errorMessage !== undefined;
  return {
    ...common(event, 'FunctionExecution', hasFailed ? 'Failure' : 'Success'),
    logLevel: hasFailed ? 'ERROR' : 'DEBUG',
    clientId: 'N/A',
    ruleAction: functionName,
    resources,
    ...(hasFailed ? { reason: 'FunctionExecutionFailed', details: errorMessage } : {}),
    glasshouse: { durationMs: rounded(durationMs) },
  };
}

function actionFailureEntry(event: EventOf<'ActionFailure' | 'ErrorActionFailure'>): LogFields {
  const { failedAction, failedResource, errorMessage, durationMs, isErrorAction } = event;
  return {
    ...common(event, 'RuleExecution', 'Failure'),
    ...actionFields(failedAction, failedResource, durationMs, isErrorAction),
    reason: isErrorAction ? 'ErrorActionFailed' : 'ActionFailed',
    details: errorMessage,
  };
}

function actionFields(ruleAction: string, resource: string, durationMs: number, isErrorAction: boolean) {
  return {
    ruleAction,
    resources: { [RESOURCE_NAMES[ruleAction] ?? 'Resource']: resource },
    glasshouse: { isErrorAction, durationMs: rounded(durationMs) },
  };
}

function common(event: RuleTraceEvent, eventType: string, status: LogFields['status']): LogFields {
  const { traceId, topic, ruleName, publisher } = event;
  const { protocol, clientId = 'N/A', principal, sourceIp } = publisher;
  return {
    logLevel: status === 'Success' ? 'INFO' : 'ERROR',
    traceId,
    status,
    eventType,
    ...(protocol === 'RULE' ? {} : { protocol }),
    clientId,
    topicName: topic,
    ruleName,
    ...(principal === undefined ? {} : { principalId: principal }),
    ...(sourceIp === undefined ? {} : { sourceIp }),
  };
}

/** The SELECT result as the actions got it. */
function shownResult(result: { bytes(): Uint8Array }): Record<string, unknown> {
  try {
    return shown('result', result.bytes());
  } catch (thrown) {
    return { resultProblem: errorText(thrown) };
  }
}

/** Bytes as they are best read: as JSON, as text where JSON would change a number, in base64, or not at all. */
function shown(name: 'payload' | 'result', bytes: Uint8Array): Record<string, unknown> {
  if (bytes.length > MAX_SHOWN_BYTES) return { [`${name}Bytes`]: bytes.length };
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!isUtf8(buffer)) return { [`${name}Base64`]: buffer.toString('base64') };
  const text = buffer.toString();
  const value = parsed(text);
  const isExact = value !== undefined && JSON.stringify(value) === withoutSpaces(text);
  return isExact ? { [name]: value } : { [`${name}Text`]: text };
}

/** JSON without the spaces between its parts. */
function withoutSpaces(text: string): string {
  return text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, (_all, quoted: string | undefined) => quoted ?? '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** To a microsecond. */
function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

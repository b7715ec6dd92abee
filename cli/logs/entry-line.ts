import { type Output, visible } from '../terminal.ts';
import type { Entry } from './read-logs.ts';

/** What is longer is cut: a line is for reading; `--json` has all of it. */
const MAX_TEXT_LENGTH = 400;

/**
 * An entry for people, on one line: `10:00:00.007 1f3a9c22 anom/detect detect: matched → {"x":1} (0.04 ms)`.
 * The eight characters are the beginning of the trace id, which is one for a message and all that came of it.
 */
export function entryLine(entry: Entry, out: Output): string {
  const { timestamp, traceId, topicName, ruleName } = entry;
  const when = out.paint('dim', `${timestamp.slice(11)} ${(traceId ?? '').slice(0, 8).padEnd(8)}`);
  const where = [topicName, ruleName].filter((part) => part !== undefined).map((part) => visible(part));
  return `${when} ${where.join(' ')}${where.length === 0 ? '' : ': '}${textOf(entry, out)}`;
}

function textOf(entry: Entry, out: Output): string {
  switch (entry.eventType) {
    case 'RuleMatch':
      return matchText(entry, out);
    case 'StartingRuleExecution':
      return `${visible(entry.ruleAction ?? '')} starts`;
    case 'RuleExecution':
    case 'FunctionExecution':
      return executionText(entry, out);
    default:
      return otherText(entry, out);
  }
}

function matchText({ details, glasshouse = {} }: Entry, out: Output): string {
  const took = tookText(glasshouse);
  if (details !== undefined) {
    const seen = shown(glasshouse, 'payload');
    return `matched; ${out.paint('yellow', cut(details))}${seen === '' ? '' : `; payload ${seen}`}${took}`;
  }
  const made = shown(glasshouse, 'result');
  return `${out.paint('green', 'matched')}${made === '' ? '' : ` → ${made}`}${took}`;
}

function executionText(entry: Entry, out: Output): string {
  const { ruleAction, resources = {}, details, glasshouse = {} } = entry;
  const error = glasshouse['isErrorAction'] === true ? 'error action ' : '';
  const name = ruleAction === undefined ? 'SQL' : `${error}${visible(ruleAction)}`;
  const what = [name, ...Object.values(resources).map((resource) => cut(resource))].join(' ');
  const took = tookText(glasshouse);
  if (entry.status === 'Success') return `${what} ${out.paint('green', 'done')}${took}`;
  return `${what} ${out.paint('red', 'FAILED')}: ${cut(details ?? entry.reason ?? 'no reason is given')}${took}`;
}

function otherText(entry: Entry, out: Output): string {
  const { eventType, clientId, status, reason, details, disconnectReason } = entry;
  const ended = status === 'Success' ? out.paint('green', 'ok') : out.paint('red', 'FAILED');
  const why = [reason, disconnectReason, details]
    .filter((part) => part !== undefined)
    .map((part) => cut(part));
  const who = clientId === undefined ? '' : ` ${visible(clientId)}`;
  return `${visible(eventType)}${who} ${ended}${why.length === 0 ? '' : `: ${why.join(', ')}`}`;
}

/** A payload or a result in the form that the entry has it in. */
function shown(glasshouse: Readonly<Record<string, unknown>>, name: 'payload' | 'result'): string {
  const value = glasshouse[name];
  if (value !== undefined) return cut(JSON.stringify(value));
  const { [`${name}Text`]: text, [`${name}Base64`]: base64, [`${name}Bytes`]: bytes } = glasshouse;
  if (typeof text === 'string') return cut(text);
  if (typeof base64 === 'string') return cut(`base64:${base64}`);
  if (typeof bytes === 'number') return `${bytes} bytes`;
  const problem = glasshouse[`${name}Problem`];
  return typeof problem === 'string' ? cut(problem) : '';
}

function tookText({ durationMs }: Readonly<Record<string, unknown>>): string {
  return typeof durationMs === 'number' ? ` (${durationMs} ms)` : '';
}

function cut(text: string): string {
  return visible(text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text);
}

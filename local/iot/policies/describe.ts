import type { Explanation, NearMiss, Refusal, StatementView } from './explanation.ts';
import type { Unfilled } from './variables.ts';

/**
 * An explanation as lines for people, the first of them the answer:
 *
 *     denied: iot:Publish on arn:aws:iot:eu-west-1:000000000000:topic/b
 *       no statement allows it; the nearest is
 *       statement 2 of sensor-policy (Allow): its resource is
 *         arn:aws:iot:eu-west-1:000000000000:topic/a
 *
 * What the gateway has refused, whatever policies say:
 *
 *     refused: iot:Publish on arn:aws:iot:eu-west-1:000000000000:topic/$aws/events/x
 *       the topic $aws/events/x is reserved
 *       the connection was ended (FORBIDDEN_ACCESS)
 */
export function describeExplanation(explanation: Explanation): string[] {
  const { action, resource, outcome, decidedBy, nearMisses, hints, policyNames, refusal } = explanation;
  const request = `${action} on ${resource}`;
  if (refusal !== undefined) return [`refused: ${request}`, ...describeRefusal(refusal)];
  if (outcome !== 'default-deny') {
    const verdict = outcome === 'allowed' ? 'allowed' : 'denied';
    const why = decidedBy === undefined ? [] : [`  by ${nameOf(decidedBy)}:`, ...resourcesOf(decidedBy)];
    return [`${verdict}: ${request}`, ...why];
  }
  const asked = policyNames.length === 0 ? [] : [`  no statement of ${policyNames.join(', ')} allows it`];
  return [
    `denied: ${request}`,
    ...asked,
    ...nearMisses.flatMap(describeNearMiss),
    ...hints.map((hint) => `  ${hint}`),
  ];
}

function describeRefusal({ reason, detail, effect }: Refusal): string[] {
  const words = reason === undefined ? '' : ` (${reason})`;
  return [`  ${detail}`, `  ${EFFECTS[effect]}${words}`];
}

function describeNearMiss({ statement, resource, unfilled, conditions }: NearMiss): string[] {
  const lines = [`  ${nameOf(statement)} has the action, but`];
  if (resource !== undefined) {
    const takes = statement.isNotResource ? 'takes everything except' : 'takes only';
    lines.push(`    ${takes}`, ...resourcesOf(statement).map((line) => `  ${line}`));
  }
  for (const { variable, reason } of unfilled) {
    lines.push(`    \${${variable}} stays text and matches nothing: ${REASONS[reason]}`);
  }
  for (const { operator, key, wanted, actual } of conditions) {
    const has = actual.length === 0 ? 'it has no value' : `it is ${listOf(actual)}`;
    lines.push(`    ${operator} wants ${key} compared with ${listOf(wanted)}, and ${has}`);
  }
  return lines;
}

function nameOf({ policyName, position, sid, effect }: StatementView): string {
  return `statement ${position}${sid === undefined ? '' : ` "${sid}"`} of ${policyName} (${effect})`;
}

function resourcesOf({ resources }: StatementView): string[] {
  return resources.map((text) => `    ${text}`);
}

function listOf(values: readonly string[]): string {
  return values.length === 0 ? 'nothing' : values.map((value) => `"${value}"`).join(', ');
}

const EFFECTS: Readonly<Record<Refusal['effect'], string>> = {
  disconnected: 'the connection was ended',
  answered: 'it was answered with an error',
  ignored: 'it had no effect, and there was no answer',
};

const REASONS: Readonly<Record<Unfilled['reason'], string>> = {
  missing: 'this connection has no value for it',
  unknown: 'AWS IoT has no variable of this name',
  'several values': 'its value is a list',
  'holds a wildcard': 'its value holds a wildcard',
  'too long': 'its value is too long',
};

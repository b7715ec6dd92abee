import { compileWildcard } from '../../wildcard.ts';
import type { Check, Found } from '../finding.ts';
import { isRecord, logicalIdOf, patternOf, referencesIn } from '../references.ts';
import { type LintResource, type LintRule, type LintTemplate, resourcesOf } from '../template.ts';

export const lambdaPermission: Check = {
  code: 'LAMBDA_PERMISSION_MISSING',
  severity: 'error',
  explain: 'A rule invokes a function only where the function lets AWS IoT do it for that rule.',
  find(template) {
    const permissions = resourcesOf(template, 'AWS::Lambda::Permission').map(([, one]) => one);
    return template.rules.flatMap((rule) => missing(rule, permissions, template));
  },
};

function missing(rule: LintRule, permissions: readonly LintResource[], template: LintTemplate): Found[] {
  const { logicalId, actions, errorAction } = rule;
  const all = errorAction === undefined ? actions : [...actions, errorAction];
  return all.flatMap(({ kind, settings: { FunctionArn: functionArn }, path }) => {
    if (kind !== 'Lambda') return [];
    // A function that another stack has gets its permission there.
    const functionId = logicalIdOf(functionArn);
    if (functionId === undefined) return [];
    if (permissions.some((permission) => permits(permission, functionId, rule, template))) return [];
    return [
      {
        logicalId,
        path: [...path, 'FunctionArn'],
        message:
          `nothing lets AWS IoT invoke ${functionId} for this rule, so the action fails for every message: add an ` +
          `AWS::Lambda::Permission with FunctionName of ${functionId}, Action lambda:InvokeFunction, Principal ` +
          `iot.amazonaws.com and SourceArn !GetAtt ${logicalId}.Arn`,
      },
    ];
  });
}

function permits(
  { properties }: LintResource,
  functionId: string,
  rule: LintRule,
  template: LintTemplate,
): boolean {
  const { FunctionName: functionName, Action: action, Principal: principal, SourceArn: source } = properties;
  if (logicalIdOf(functionName) !== functionId) return false;
  if (typeof action === 'string' && !compileWildcard(action)('lambda:InvokeFunction')) return false;
  if (principal !== 'iot.amazonaws.com' && principal !== '*') return false;
  return source === undefined || isSource(source, rule, template);
}

/** Whether a SourceArn may stand for the rule. */
function isSource(source: unknown, { logicalId, ruleName }: LintRule, { resources }: LintTemplate): boolean {
  const references = [...referencesIn(source)].filter((id) => resources[id]?.type === 'AWS::IoT::TopicRule');
  if (references.length > 0) return references.includes(logicalId);
  if (ruleName === undefined || isRecord(ruleName) || ruleName.includes('${')) return true;
  const name = /:rule\/(.*)$/.exec(patternOf(source))?.[1];
  return name === undefined || compileWildcard(name)(ruleName);
}

import { compileWildcard } from '../wildcard.ts';
import { isRecord, listOf, patternOf } from './references.ts';
import { type LintTemplate, resourcesOf } from './template.ts';

const IAM_TYPES = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::Role'];

/** The topics that devices may publish on, as patterns of policies: what AWS::IoT::Policy resources allow. */
export function devicePatterns(template: LintTemplate): string[] {
  return resourcesOf(template, 'AWS::IoT::Policy').flatMap(([, { properties }]) =>
    publishPatterns(properties['PolicyDocument']),
  );
}

/** The topics that the template's own functions and rules may publish on. */
export function cloudPatterns(template: LintTemplate): string[] {
  const roles = IAM_TYPES.flatMap((type) => resourcesOf(template, type)).flatMap(([, { properties }]) => [
    properties['PolicyDocument'],
    ...listOf(properties['Policies']).map((one) => (isRecord(one) ? one['PolicyDocument'] : undefined)),
  ]);
  const republished = template.rules.flatMap(({ actions }) =>
    actions.flatMap(({ kind, settings }) => (kind === 'Republish' ? [patternOf(settings['Topic'])] : [])),
  );
  return [...roles.flatMap(publishPatterns), ...republished];
}

/** A Deny can only take away: what it leaves is not looked at, so that nothing is reported that may be allowed. */
function publishPatterns(document: unknown): string[] {
  return statementsOf(document).flatMap((statement) => {
    const { Effect: effect, Action: actions, Resource: resources } = statement;
    if (effect !== 'Allow') return [];
    if (actions !== undefined && !listOf(actions).some(coversPublish)) return [];
    return resources === undefined ? ['*'] : listOf(resources).flatMap(topicPattern);
  });
}

function statementsOf(document: unknown): Readonly<Record<string, unknown>>[] {
  const read = typeof document === 'string' ? parsed(document) : document;
  return isRecord(read) ? listOf(read['Statement']).filter(isRecord) : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function coversPublish(action: unknown): boolean {
  return compileWildcard(patternOf(action).toLowerCase())('iot:publish');
}

/** The part of an ARN that names topics; an ARN that is not spelt out may name any. */
function topicPattern(resource: unknown): string[] {
  const pattern = patternOf(resource);
  const topic = /:topic\/(.*)$/s.exec(pattern)?.[1];
  if (topic !== undefined) return [topic];
  const namesAnotherType = /:(?:topicfilter|client|thing|cert|rule|rolealias|job)[/:]/.test(pattern);
  return pattern.includes('*') && !namesAnotherType ? ['*'] : [];
}

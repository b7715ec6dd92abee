import path from 'node:path';
import type { LintResource } from '../../local/lint/index.ts';
import { normalise } from '../../local/template/template.ts';
import { readText, Variables } from './variables.ts';
import { type At, field, parseTree, plain, type Tree } from './yaml-tree.ts';

/** The resources of a service as its files write them, and where. */
export interface ServiceSource {
  readonly resources: Readonly<Record<string, LintResource>>;
  /** Where something of a resource stands; the nearest place that there is. */
  locate(logicalId: string, path: readonly (string | number)[]): At;
  /** What could not be looked at, for people. */
  readonly notes: readonly string[];
}

export interface ServiceOptions {
  /** The path of serverless.yml. */
  readonly file: string;
  /** The stage to fill in. @default the one of the provider, or dev */
  readonly stage?: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A resource, and what of the files it was read from. */
interface Source {
  readonly resource: LintResource;
  readonly tree: Tree;
}

/**
 * Reads serverless.yml and the files that it includes, without `serverless`: it takes a moment, works without
 * a valid account, and knows the line of everything.
 *
 * @throws CommandError FILE_UNREADABLE, YAML_UNREADABLE, VARIABLES_ENDLESS
 */
export function readService({ file, stage, env }: ServiceOptions): ServiceSource {
  const folder = path.dirname(file);
  const root = parseTree(readText(file, 'the service'), path.basename(file));
  const notes: string[] = [];
  const note = (message: string): void => void notes.push(message);
  const variables = new Variables({ root, folder, stage, env, note });
  const sources = new Map<string, Source>();
  for (const tree of expanded(variables, field(root, 'resources'))) readResources(tree, sources);
  for (const tree of expanded(variables, field(root, 'functions'))) readFunctions(tree, sources);
  return {
    resources: Object.fromEntries([...sources].map(([logicalId, { resource }]) => [logicalId, resource])),
    locate: (logicalId, place) => locate(sources.get(logicalId)?.tree ?? root, place),
    notes,
  };
}

/** Resources and functions can be one map, or a list of maps that are put together. */
function expanded(variables: Variables, tree: Tree | undefined): Tree[] {
  if (tree === undefined) return [];
  const whole = variables.expand(tree);
  return whole.kind === 'list' ? [...whole.items] : [whole];
}

function readResources(tree: Tree, sources: Map<string, Source>): void {
  const resources = field(tree, 'Resources');
  if (resources?.kind !== 'map') return;
  for (const [logicalId, resource] of resources.fields) {
    const properties = field(resource, 'Properties');
    const given = properties === undefined ? {} : plain(properties);
    const type = field(resource, 'Type');
    const metadata = field(resource, 'Metadata');
    const told = metadata === undefined ? undefined : plain(metadata);
    sources.set(logicalId, {
      resource: {
        type: type?.kind === 'scalar' ? String(type.value) : '',
        properties: isRecord(given) ? given : {},
        ...(isRecord(told) ? { metadata: told } : {}),
      },
      tree: properties ?? resource,
    });
  }
}

function readFunctions(tree: Tree, sources: Map<string, Source>): void {
  if (tree.kind !== 'map') return;
  for (const [key, definition] of tree.fields) {
    const events = field(definition, 'events');
    if (events?.kind !== 'list') continue;
    let count = 0;
    for (const event of events.items) {
      const iot = field(event, 'iot');
      if (iot === undefined) continue;
      count += 1;
      readIotEvent(iot, normalise(key), count, sources);
    }
  }
}

/** A deployment makes a rule of an iot event, and the permission that it needs. */
function readIotEvent(event: Tree, key: string, count: number, sources: Map<string, Source>): void {
  const functionArn = { 'Fn::GetAtt': [`${key}LambdaFunction`, 'Arn'] };
  const logicalId = `${key}IotTopicRule${count}`;
  const value = (name: string): unknown => {
    const tree = field(event, name);
    return tree === undefined ? undefined : plain(tree);
  };
  const properties = {
    ...(value('name') === undefined ? {} : { RuleName: value('name') }),
    TopicRulePayload: {
      Sql: value('sql'),
      AwsIotSqlVersion: value('sqlVersion'),
      RuleDisabled: value('enabled') === false,
      Actions: [{ Lambda: { FunctionArn: functionArn } }],
    },
  };
  const permission = {
    FunctionName: functionArn,
    Action: 'lambda:InvokeFunction',
    Principal: 'iot.amazonaws.com',
    SourceArn: { 'Fn::GetAtt': [logicalId, 'Arn'] },
  };
  sources.set(logicalId, { resource: { type: 'AWS::IoT::TopicRule', properties }, tree: event });
  sources.set(`${key}LambdaPermissionIotTopicRule${count}`, {
    resource: { type: 'AWS::Lambda::Permission', properties: permission },
    tree: event,
  });
}

function locate(tree: Tree, place: readonly (string | number)[]): At {
  let at = tree;
  for (const key of place) {
    const next = at.kind === 'list' ? at.items[Number(key)] : field(at, String(key));
    if (next === undefined) break;
    at = next;
  }
  return at.at;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

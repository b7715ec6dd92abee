import path from 'node:path';
import { readTemplate, type Template } from '../../../local/template/template.ts';
import { CommandError } from '../../errors.ts';
import { readText, Variables } from '../../lint/variables.ts';
import { field, parseTree, plain, type Tree } from '../../lint/yaml-tree.ts';

/** Who decides where the shade is: two alarms, as the blog post has it, or watch-lux. */
export type ShadeControl = 'alarms' | 'dwell';

/** The rooms of the greenhouse: its functions, and what they share with the others. */
const FUNCTIONS = ['watch-lux', 'move-shade'] as const;
type FunctionKey = (typeof FUNCTIONS)[number];

const FILES = /^\$\{file\((?:shared\/|functions\/(?:watch-lux|move-shade)\/)/;

/**
 * The greenhouse alone, cut out of the service's own serverless.yml, with its parameters as they are but for the
 * design. It is read without `serverless`, which alone would take longer than a day of the demo.
 *
 * @param folder of serverless.yml
 * @param environment by function, over what the template says
 * @throws CommandError SERVICE_CHANGED; FILE_UNREADABLE; ConfigurationError
 */
export function readGreenhouse(
  folder: string,
  shadeControl: ShadeControl,
  environment: Readonly<Partial<Record<FunctionKey, Readonly<Record<string, string>>>>> = {},
): Template {
  const file = path.join(folder, 'serverless.yml');
  const root = withParameter(
    parseTree(readText(file, 'the demo'), 'serverless.yml'),
    'shadeControl',
    shadeControl,
  );
  const variables = new Variables({ root, folder, stage: undefined, env: {}, note: () => undefined });
  const whole = (tree: Tree | undefined): Record<string, unknown> =>
    tree === undefined ? {} : recordOf(plain(variables.expand(tree)));

  const service = String(whole(root)['service']);
  const { stage, region, memorySize, timeout } = whole(field(root, 'provider'));
  const functions: Record<string, unknown> = {};
  for (const key of FUNCTIONS) {
    const definition = whole(field(field(root, 'functions'), key));
    if (definition['handler'] === undefined) throw changed(`it has no function ${key}`);
    const own = { ...recordOf(definition['environment']), ...environment[key] };
    functions[key] = { name: `${service}-${String(stage)}-${key}`, ...definition, environment: own };
  }
  const sections: Record<string, Record<string, unknown>> = { Resources: {}, Conditions: {} };
  const parts = field(root, 'resources');
  const items = parts?.kind === 'list' ? parts.items : [];
  for (const item of items) {
    if (item.kind !== 'scalar' || !FILES.test(String(item.value))) continue;
    for (const [name, content] of Object.entries(whole(item))) {
      sections[name] = { ...sections[name], ...recordOf(content) };
    }
  }
  return readTemplate({
    service,
    provider: { stage, region, ...(memorySize ? { memorySize } : {}), ...(timeout ? { timeout } : {}) },
    functions,
    resources: sections,
  });
}

/** serverless.yml with another default of a parameter. */
function withParameter(root: Tree, name: string, value: string): Tree {
  const params = field(root, 'params');
  const defaults = field(params, 'default');
  if (root.kind !== 'map' || params?.kind !== 'map' || defaults?.kind !== 'map')
    throw changed('it has no params');
  const given: Tree = { kind: 'scalar', value, at: defaults.at };
  const changedDefaults: Tree = { ...defaults, fields: new Map([...defaults.fields, [name, given]]) };
  const changedParams: Tree = {
    ...params,
    fields: new Map([...params.fields, ['default', changedDefaults]]),
  };
  return { ...root, fields: new Map([...root.fields, ['params', changedParams]]) };
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function changed(why: string): CommandError {
  return new CommandError('SERVICE_CHANGED', `serverless.yml is not the one that the demo knows: ${why}`);
}

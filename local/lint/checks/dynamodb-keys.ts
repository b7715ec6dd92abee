import { columnKey } from '../../iot/rules/sql/ast.ts';
import type { Check, Found } from '../finding.ts';
import { isRecord, logicalIdOf } from '../references.ts';
import type { LintAction, LintRule, LintTemplate } from '../template.ts';

interface Key {
  readonly name: string;
  /** `S`, `N` or `B`; undefined where AttributeDefinitions do not say. */
  readonly type: string | undefined;
}

interface Keys {
  readonly hash?: Key;
  readonly range?: Key;
}

/** What a rule calls the types of a table. */
const TYPE_NAMES: Readonly<Record<string, string>> = { S: 'STRING', N: 'NUMBER' };

export const dynamoDbKeys: Check = {
  code: 'DYNAMODB_KEY_MISMATCH',
  severity: 'error',
  explain: 'A DynamoDB action writes items whose key is not the key of its table.',
  find: (template) =>
    template.rules.flatMap((rule) =>
      rule.actions.flatMap((action) => {
        const isPut = action.kind === 'DynamoDBv2';
        if (!isPut && action.kind !== 'DynamoDB') return [];
        const putItem = isRecord(action.settings['PutItem']) ? action.settings['PutItem'] : {};
        const tableName = isPut ? putItem['TableName'] : action.settings['TableName'];
        const table = logicalIdOf(tableName);
        const keys = table === undefined ? undefined : keysOf(table, template);
        if (table === undefined || keys === undefined) return [];
        return isPut ? missingColumns(rule, action, table, keys) : wrongKeys(rule, action, table, keys);
      }),
    ),
};

function keysOf(table: string, { resources }: LintTemplate): Keys | undefined {
  const resource = resources[table];
  if (resource?.type !== 'AWS::DynamoDB::Table') return undefined;
  const { KeySchema: schema, AttributeDefinitions: definitions } = resource.properties;
  const types = new Map(
    records(definitions).map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]),
  );
  const key = (kind: string): Key | undefined => {
    const name = records(schema).find(({ KeyType }) => KeyType === kind)?.['AttributeName'];
    const type = types.get(name);
    if (typeof name !== 'string') return undefined;
    return { name, type: typeof type === 'string' ? type : undefined };
  };
  const hash = key('HASH');
  const range = key('RANGE');
  return { ...(hash === undefined ? {} : { hash }), ...(range === undefined ? {} : { range }) };
}

function wrongKeys({ logicalId }: LintRule, action: LintAction, table: string, keys: Keys): Found[] {
  return (['Hash', 'Range'] as const).flatMap((kind) => {
    const key = kind === 'Hash' ? keys.hash : keys.range;
    const field = action.settings[`${kind}KeyField`];
    const type = action.settings[`${kind}KeyType`] ?? 'STRING';
    const problem = keyProblem(kind, key, field, type, table);
    if (problem === undefined) return [];
    const path = [...action.path, ...(field === undefined ? [] : [problem.at])];
    return [{ logicalId, path, message: `the action fails for every message: ${problem.message}` }];
  });
}

function keyProblem(
  kind: 'Hash' | 'Range',
  key: Key | undefined,
  field: unknown,
  type: unknown,
  table: string,
): { at: string; message: string } | undefined {
  const at = `${kind}KeyField`;
  if (key === undefined) {
    if (field === undefined) return undefined;
    return { at, message: `${table} has no ${kind.toLowerCase()} key; take ${at} away` };
  }
  if (field === undefined)
    return { at, message: `${table} has the ${kind.toLowerCase()} key "${key.name}"; set ${at} to it` };
  if (typeof field === 'string' && !field.includes('${') && field !== key.name) {
    return { at, message: `the ${kind.toLowerCase()} key of ${table} is "${key.name}", not "${field}"` };
  }
  if (key.type === undefined || TYPE_NAMES[key.type] === type) return undefined;
  const wanted = TYPE_NAMES[key.type];
  const remedy =
    wanted === undefined
      ? 'which a rule cannot write; use S or N for the key'
      : `set ${kind}KeyType to ${wanted}`;
  return {
    at: `${kind}KeyType`,
    message: `"${key.name}" of ${table} is of type ${key.type}, and ${kind}KeyType is ${String(type)}: ${remedy}`,
  };
}

/** Every attribute of the result becomes a column: the key has to be among them. */
function missingColumns(
  { logicalId, sql }: LintRule,
  { path }: LintAction,
  table: string,
  keys: Keys,
): Found[] {
  const items = sql.statement?.selection.items;
  if (items === undefined || sql.statement?.selection.isValue === true) return [];
  if (items.some(({ expression, alias }) => expression.kind === 'wildcard' && alias === undefined)) return [];
  const columns = new Set(items.map((item) => columnKey(item)?.[0]));
  const absent = [keys.hash, keys.range].flatMap((key) =>
    key === undefined || columns.has(key.name) ? [] : [key.name],
  );
  if (absent.length === 0) return [];
  return [
    {
      logicalId,
      path,
      message:
        `the action fails for every message: SELECT has no column ${absent.map((name) => `"${name}"`).join(', ')}, ` +
        `the key of ${table}; select it, or alias a column with AS`,
    },
  ];
}

function records(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

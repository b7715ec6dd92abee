import { z } from 'zod';
import { toNumber } from '../sql/conversions.ts';
import { numberText } from '../sql/values.ts';
import {
  ActionError,
  defineAction,
  roleArn,
  templateChoice,
  templateText,
  type ActionInvocation,
} from './action.ts';
import { attributeValue, type AttributeValue } from './item.ts';
import { requirePermission, requireService } from './permissions.ts';
import { bufferOf } from './result-text.ts';

const KEY_TYPES = ['STRING', 'NUMBER'];

/** What AWS calls an operation of this action, and the call that does it. */
const OPERATIONS = { INSERT: 'PutItem', UPDATE: 'UpdateItem', DELETE: 'DeleteItem' } as const;

const settings = z.strictObject({
  TableName: templateText,
  HashKeyField: templateText,
  HashKeyValue: templateText,
  HashKeyType: templateChoice(KEY_TYPES).optional(),
  RangeKeyField: templateText.optional(),
  RangeKeyValue: templateText.optional(),
  RangeKeyType: templateChoice(KEY_TYPES).optional(),
  PayloadField: templateText.optional(),
  Operation: templateChoice(Object.keys(OPERATIONS)).optional(),
  RoleArn: roleArn,
});

type Settings = z.output<typeof settings>;

/**
 * Writes the SELECT result into one column of an item, beside its keys: JSON as a document, anything else as bytes.
 * An update sets that column alone; a deletion takes the item.
 */
export const dynamoDB = defineAction({
  name: 'DynamoDB',
  failedAction: 'DynamoDBAction',
  settings,
  prepare: (prepared) => ({
    resource: prepared.TableName,
    run: async (tableName, invocation, services) => {
      const { context, result } = invocation;
      const operation = readOperation(prepared.Operation?.render(context) ?? 'INSERT');
      const keys = readKeys(prepared, invocation);
      const column = prepared.PayloadField?.render(context) ?? 'payload';
      const payload: AttributeValue = result.isJson()
        ? attributeValue(result.json())
        : { B: bufferOf(result.bytes()).toString('base64') };
      const call = requireService(services, 'callDynamoDb');
      requirePermission(services, invocation, prepared.RoleArn, `dynamodb:${operation}`, (at) => {
        return `arn:aws:dynamodb:${at.region}:${at.accountId}:table/${tableName}`;
      });
      await call(operation, requestOf(operation, tableName, keys, column, payload));
    },
  }),
});

type Operation = (typeof OPERATIONS)[keyof typeof OPERATIONS];
type Keys = Readonly<Record<string, AttributeValue>>;

function requestOf(
  operation: Operation,
  TableName: string,
  keys: Keys,
  column: string,
  payload: AttributeValue,
): Readonly<Record<string, unknown>> {
  if (operation === 'PutItem') return { TableName, Item: { [column]: payload, ...keys } };
  if (operation === 'DeleteItem') return { TableName, Key: keys };
  return {
    TableName,
    Key: keys,
    UpdateExpression: 'SET #payload = :payload',
    ExpressionAttributeNames: { '#payload': column },
    ExpressionAttributeValues: { ':payload': payload },
  };
}

function readOperation(text: string): Operation {
  const name = (['INSERT', 'UPDATE', 'DELETE'] as const).find((one) => one === text);
  if (name !== undefined) return OPERATIONS[name];
  throw new ActionError('PARAMETER_INVALID', `the operation "${text}" is none of INSERT, UPDATE, DELETE`);
}

/** @throws ActionError KEY_INVALID, PARAMETER_INVALID */
function readKeys(prepared: Settings, { context }: ActionInvocation): Keys {
  const { HashKeyField, HashKeyValue, HashKeyType, RangeKeyField, RangeKeyValue, RangeKeyType } = prepared;
  const hash = HashKeyField.render(context);
  const keys = { [hash]: readKey(hash, HashKeyValue.render(context), HashKeyType?.render(context)) };
  if (RangeKeyField === undefined) return keys;
  const range = RangeKeyField.render(context);
  const text = RangeKeyValue?.render(context) ?? '';
  return { ...keys, [range]: readKey(range, text, RangeKeyType?.render(context)) };
}

function readKey(name: string, text: string, type = 'STRING'): AttributeValue {
  if (text === '') throw new ActionError('KEY_INVALID', `the key "${name}" is empty for this message`);
  if (type === 'STRING') return { S: text };
  if (type !== 'NUMBER') {
    throw new ActionError(
      'PARAMETER_INVALID',
      `the type "${type}" of the key "${name}" is none of STRING, NUMBER`,
    );
  }
  const number = toNumber(text);
  if (number === undefined) {
    throw new ActionError('KEY_INVALID', `the key "${name}" is "${text.slice(0, 100)}", which is no number`);
  }
  return { N: numberText(number) };
}

import { toText } from '../sql/conversions.ts';
import type { DynamoDbLookup, ExternalFunctions } from '../sql/external/services.ts';
import { isEqual, isObject, member } from '../sql/conversions.ts';
import type { SqlValue } from '../sql/values.ts';
import type { CaseStubs } from './cases.ts';

/** Other services that answer what a case says, and reject what it does not mention. */
export function stubbedServices(stubs: CaseStubs): ExternalFunctions {
  return {
    invokeLambda: async (functionArn, input) => {
      const stub = stubs.lambda?.[functionArn];
      if (stub === undefined) throw new Error(`the case has no Lambda function ${functionArn}`);
      if (stub.error !== undefined) throw new Error(stub.error);
      return stub.echo === true ? input : stub.result;
    },
    getDynamoDbItem: async (lookup) => findItem(stubs, lookup),
    getThingShadow: async (thingName, shadowName) =>
      answer(stubs.shadow, shadowName === undefined ? thingName : `${thingName}/${shadowName}`),
    getRegistryData: async (_api, thingName) => answer(stubs.registry, thingName),
    getSecret: async ({ secretId, key }) => {
      const secret = answer(stubs.secret, secretId);
      return key === undefined ? secret : member(secret, key);
    },
    getObject: async (bucket, key) => {
      const content = stubs.s3?.[`${bucket}/${key}`];
      if (content === undefined) throw new Error(`the case has no object ${bucket}/${key}`);
      return Buffer.from(content, 'base64');
    },
  };
}

function findItem(stubs: CaseStubs, lookup: DynamoDbLookup): SqlValue {
  const { tableName, partitionKeyName, partitionKeyValue, sortKeyName, sortKeyValue } = lookup;
  const table = stubs.dynamodb?.[tableName];
  if (table === undefined) throw new Error(`the case has no table ${tableName}`);
  if (table.error !== undefined) throw new Error(table.error);
  return table.items?.find(
    (item) =>
      isEqual(member(item, partitionKeyName), partitionKeyValue) &&
      (sortKeyName === undefined || isEqual(member(item, sortKeyName), sortKeyValue)),
  );
}

/** An Object `{ error: … }` rejects. */
function answer(stubs: Readonly<Record<string, SqlValue>> | undefined, name: string): SqlValue {
  if (stubs === undefined || !Object.hasOwn(stubs, name)) throw new Error(`the case has nothing for ${name}`);
  const value = stubs[name];
  const isFailure = isObject(value) && Object.keys(value).length === 1 && typeof value['error'] === 'string';
  if (isFailure) throw new Error(toText(value['error']));
  return value;
}

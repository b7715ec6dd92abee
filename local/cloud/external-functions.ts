import { convertToAttr } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import { callDynamoDb } from '../dynamodb/call.ts';
import type { ExternalFunctions } from '../iot/rules/sql/external/services.ts';
import { readJson } from '../iot/rules/sql/json-reader.ts';
import { writeJson } from '../iot/rules/sql/json-writer.ts';
import { isNumber, numberFromText, numberText, type SqlValue } from '../iot/rules/sql/values.ts';
import type { Functions } from './functions.ts';
import type { Storage } from './storage.ts';

/** Where the external functions of AWS IoT SQL find their answers. */
export interface ExternalParts {
  readonly storage: Storage;
  readonly functions: Functions;
  readonly region: string;
  readonly engineUrl: string;
  readonly lookUp: {
    /** A shadow as GetThingShadow answers it; undefined when there is none. */
    shadowText(thingName: string, shadowName: string | undefined): string | undefined;
    /** What an operation of the registry answers for a thing. @throws AwsApiError */
    registryData(api: string, thingName: string): unknown;
  };
}

const VERSION = '2016-03-23';

/** `aws_lambda()`, `get_dynamodb()`, `get_thing_shadow()`, `get_registry_data()` and the objects of `decode()`. */
export function createExternalFunctions(parts: ExternalParts): ExternalFunctions {
  const { storage, functions, region, engineUrl, lookUp } = parts;
  const { lambda } = functions;
  return {
    async invokeLambda(functionArn, input) {
      const { result } = await lambda.invoke(lambda.find(functionArn), writeJson(input ?? null));
      if (!result.ok) throw new Error(`${result.error.errorType}: ${result.error.errorMessage}`);
      return readJson(result.payload, VERSION);
    },
    async getDynamoDbItem(lookup) {
      const { tableName, partitionKeyName, partitionKeyValue, sortKeyName, sortKeyValue } = lookup;
      const Key = {
        [partitionKeyName]: keyValue(partitionKeyValue),
        ...(sortKeyName === undefined ? {} : { [sortKeyName]: keyValue(sortKeyValue) }),
      };
      const request = { TableName: tableName, Key };
      const { ok, text } = await callDynamoDb(engineUrl, region, 'GetItem', request);
      if (!ok) throw new Error(text);
      const { Item } = itemSchema.parse(JSON.parse(text));
      return Item === undefined ? undefined : fromMap(Item);
    },
    async getThingShadow(thingName, shadowName) {
      const text = lookUp.shadowText(thingName, shadowName);
      if (text === undefined) throw new Error(`No shadow exists with name: '${shadowName ?? thingName}'`);
      return readJson(text, VERSION);
    },
    getRegistryData: async (api, thingName) =>
      readJson(JSON.stringify(lookUp.registryData(api, thingName)), VERSION),
    getSecret: async ({ secretId }) => {
      throw new Error(`the secret ${secretId} cannot be read: Secrets Manager is not served here`);
    },
    getObject: (bucket, key) => storage.s3.getObject({ bucket, key }),
  };
}

function keyValue(value: SqlValue): unknown {
  return isNumber(value) ? { N: numberText(value) } : convertToAttr(value);
}

const attributeSchema: z.ZodType<AttributeValue> = z.lazy(() =>
  z.union([
    z.object({ S: z.string() }),
    z.object({ N: z.string() }),
    z.object({ B: z.string() }),
    z.object({ BOOL: z.boolean() }),
    z.object({ NULL: z.boolean() }),
    z.object({ SS: z.array(z.string()) }),
    z.object({ NS: z.array(z.string()) }),
    z.object({ BS: z.array(z.string()) }),
    z.object({ L: z.array(attributeSchema) }),
    z.object({ M: z.record(z.string(), attributeSchema) }),
  ]),
);

/** A value as DynamoDB's JSON writes it; bytes are base64. */
type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: boolean }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: Readonly<Record<string, AttributeValue>> };

const itemSchema = z.object({ Item: z.record(z.string(), attributeSchema).optional() });

/** Numbers keep every digit, which the SDK's own conversion would round. */
function fromAttribute(value: AttributeValue): SqlValue {
  if ('S' in value) return value.S;
  if ('N' in value) return numberFromText(value.N);
  if ('B' in value) return value.B;
  if ('BOOL' in value) return value.BOOL;
  if ('SS' in value) return value.SS;
  if ('NS' in value) return value.NS.map((text) => numberFromText(text));
  if ('BS' in value) return value.BS;
  if ('L' in value) return value.L.map(fromAttribute);
  return 'M' in value ? fromMap(value.M) : null;
}

function fromMap(map: Readonly<Record<string, AttributeValue>>): SqlValue {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, fromAttribute(value)]));
}

import type { SqlValue } from '../values.ts';

/** A row of a DynamoDB table, as `get_dynamodb` asks for it. */
export interface DynamoDbLookup {
  readonly tableName: string;
  readonly partitionKeyName: string;
  readonly partitionKeyValue: SqlValue;
  readonly sortKeyName?: string;
  readonly sortKeyValue?: SqlValue;
  readonly roleArn: string;
}

/** A secret, as `get_secret` asks for it. */
export interface SecretLookup {
  /** Its name or ARN. */
  readonly secretId: string;
  readonly secretType: 'SecretString' | 'SecretBinary';
  /** A key inside a secret that is JSON. */
  readonly key?: string;
  readonly roleArn: string;
}

/** The services that AWS IoT SQL can ask. Every rejection fails the rule, unless `get_or_default()` catches it. */
export interface ExternalFunctions {
  /** Invokes a function and waits for its answer. `signal` aborts after the two seconds that AWS allows. */
  invokeLambda(functionArn: string, input: SqlValue, signal: AbortSignal): Promise<SqlValue>;
  /** The item; undefined when there is none. */
  getDynamoDbItem(lookup: DynamoDbLookup): Promise<SqlValue>;
  /** The shadow document; `shadowName` is absent for the classic shadow. */
  getThingShadow(thingName: string, shadowName: string | undefined, roleArn: string): Promise<SqlValue>;
  /** The answer of a registry API such as `DescribeThing` for a thing. */
  getRegistryData(api: string, thingName: string, roleArn: string): Promise<SqlValue>;
  getSecret(lookup: SecretLookup): Promise<SqlValue>;
  /** The bytes of an object: the descriptor sets of `decode(…, 'proto', …)`. */
  getObject(bucket: string, key: string): Promise<Uint8Array>;
}

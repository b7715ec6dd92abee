import { isNumber, type SqlValue } from '../values.ts';
import type { SqlFunction } from '../functions/function.ts';
import { askForValue } from './calls.ts';
import type { SecretLookup } from './services.ts';

/** The functions that ask other services. Operands of a wrong type give Undefined, as in every function. */
export const externalFunctions: readonly SqlFunction[] = [
  {
    name: 'aws_lambda',
    signature: 'aws_lambda(functionArn, inputJson)',
    minArguments: 2,
    maxArguments: 2,
    evaluate: (context, [functionArn, input], site) => {
      if (!isName(functionArn) || input === undefined) return undefined;
      const call = { name: 'aws_lambda', site, resources: { FunctionArn: functionArn }, isLambda: true };
      return askForValue(context, call, (services, signal) =>
        services.invokeLambda(functionArn, input, signal),
      );
    },
  },
  {
    name: 'get_dynamodb',
    signature:
      'get_dynamodb(tableName, partitionKeyName, partitionKeyValue, [sortKeyName, sortKeyValue,] roleArn)',
    minArguments: 4,
    maxArguments: 6,
    sinceVersion: '2016-03-23',
    evaluate: (context, operands, site) => {
      const [tableName, partitionKeyName, partitionKeyValue, ...rest] = operands;
      const roleArn = rest.at(-1);
      if (!isName(tableName) || !isName(partitionKeyName) || !isKey(partitionKeyValue)) return undefined;
      if (!isName(roleArn)) return undefined;
      const lookup = { tableName, partitionKeyName, partitionKeyValue, roleArn };
      const [sortKeyName, sortKeyValue] = rest;
      if (rest.length > 1 && (rest.length !== 3 || !isName(sortKeyName) || !isKey(sortKeyValue)))
        return undefined;
      const sortKey = rest.length === 3 && isName(sortKeyName) ? { sortKeyName, sortKeyValue } : {};
      return askForValue(
        context,
        { name: 'get_dynamodb', site, resources: { TableName: tableName } },
        (services) => services.getDynamoDbItem({ ...lookup, ...sortKey }),
      );
    },
  },
  {
    name: 'get_thing_shadow',
    signature: 'get_thing_shadow(thingName, [shadowName,] roleArn)',
    minArguments: 2,
    maxArguments: 3,
    sinceVersion: '2016-03-23',
    evaluate: (context, operands, site) => {
      const [thingName, ...rest] = operands;
      const roleArn = rest.at(-1);
      const shadowName = rest.length === 2 ? rest[0] : undefined;
      if (!isName(thingName) || !isName(roleArn)) return undefined;
      if (shadowName !== undefined && !isName(shadowName)) return undefined;
      if (rest.length === 2 && shadowName === undefined) return undefined;
      return askForValue(
        context,
        { name: 'get_thing_shadow', site, resources: { ThingName: thingName } },
        (services) => services.getThingShadow(thingName, shadowName, roleArn),
      );
    },
  },
  {
    name: 'get_registry_data',
    signature: 'get_registry_data(api, thingName, roleArn)',
    minArguments: 3,
    maxArguments: 3,
    sinceVersion: '2016-03-23',
    evaluate: (context, [api, thingName, roleArn], site) => {
      if (!isName(api) || !isName(thingName) || !isName(roleArn)) return undefined;
      const call = { name: 'get_registry_data', site, resources: { ThingName: thingName }, mostPlaces: 1 };
      return askForValue(context, call, (services) => services.getRegistryData(api, thingName, roleArn));
    },
  },
  {
    name: 'get_secret',
    signature: 'get_secret(secretId, secretType, [key,] roleArn)',
    minArguments: 3,
    maxArguments: 4,
    evaluate: (context, operands, site) => {
      const lookup = readSecretLookup(operands);
      if (lookup === undefined) return undefined;
      return askForValue(
        context,
        { name: 'get_secret', site, resources: { SecretId: lookup.secretId } },
        (services) => services.getSecret(lookup),
      );
    },
  },
  {
    name: 'get_or_default',
    signature: 'get_or_default(expression, [default])',
    minArguments: 1,
    maxArguments: 2,
    sinceVersion: '2016-03-23',
    catchesFailures: true,
    evaluate: (_context, [value, otherwise]) => value ?? otherwise,
  },
];

function readSecretLookup(operands: readonly SqlValue[]): SecretLookup | undefined {
  const [secretId, secretType, ...rest] = operands;
  const roleArn = rest.at(-1);
  const key = rest.length === 2 ? rest[0] : undefined;
  if (!isName(secretId) || !isName(roleArn)) return undefined;
  if (secretType !== 'SecretString' && secretType !== 'SecretBinary') return undefined;
  if (rest.length !== 2) return { secretId, secretType, roleArn };
  return isName(key) ? { secretId, secretType, key, roleArn } : undefined;
}

function isName(value: SqlValue): value is string {
  return typeof value === 'string' && value !== '';
}

function isKey(value: SqlValue): boolean {
  return typeof value === 'string' || isNumber(value);
}

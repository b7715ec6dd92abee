import { SqlParseError } from '../errors.ts';
import { externalFunctions } from '../external/functions.ts';
import { bitFunctions } from './bits.ts';
import { castFunctions } from './cast.ts';
import { collectionFunctions } from './collections.ts';
import { divisionFunctions } from './division.ts';
import { doublePrecisionFunctions } from './double-precision.ts';
import { encodingFunctions } from './encoding.ts';
import type { SqlFunction } from './function.ts';
import { hashingFunctions } from './hashing.ts';
import { messageFunctions } from './message.ts';
import { mqtt5Functions } from './mqtt5.ts';
import { paddingFunctions } from './padding.ts';
import { presenceFunctions } from './presence.ts';
import { randomFunctions } from './random.ts';
import { regularExpressionFunctions } from './regular-expressions.ts';
import { roundingFunctions } from './rounding.ts';
import { searchingFunctions } from './searching.ts';
import { textFunctions } from './text.ts';
import { timeFunctions } from './time.ts';

/** Every function of AWS IoT SQL; what a function cannot do here, it refuses itself. */
export const servedFunctions: readonly SqlFunction[] = [
  ...roundingFunctions,
  ...doublePrecisionFunctions,
  ...divisionFunctions,
  ...bitFunctions,
  ...textFunctions,
  ...paddingFunctions,
  ...searchingFunctions,
  ...regularExpressionFunctions,
  ...hashingFunctions,
  ...castFunctions,
  ...presenceFunctions,
  ...collectionFunctions,
  ...encodingFunctions,
  ...timeFunctions,
  ...randomFunctions,
  ...messageFunctions,
  ...mqtt5Functions,
  ...externalFunctions,
];

/** Functions that AWS documents and this cloud refuses, in lower case, with the reason. */
const refusals: ReadonlyMap<string, string> = new Map([
  ['machinelearning_predict', 'Amazon Machine Learning is closed, and its models are not copied here'],
]);

const byName = new Map(servedFunctions.map((definition) => [definition.name.toLowerCase(), definition]));

/**
 * Finds a function by its name, in any case. `column` is where the name stands.
 *
 * @throws SqlParseError NOT_SERVED_YET when AWS has the function and this cloud has not, UNKNOWN_FUNCTION when it does not.
 */
export function findFunction(name: string, column: number): SqlFunction {
  const definition = byName.get(name.toLowerCase());
  if (definition !== undefined) return definition;
  const supported = `served functions: ${servedFunctions.map(({ signature }) => signature).join(', ')}`;
  const reason = refusals.get(name.toLowerCase());
  if (reason !== undefined) {
    throw new SqlParseError('NOT_SERVED_YET', {
      column,
      found: `the function ${name}(), which is not served: ${reason}`,
      supported,
    });
  }
  throw new SqlParseError('UNKNOWN_FUNCTION', {
    column,
    found: `${name}(), which is no function of AWS IoT SQL`,
    supported,
  });
}

/** @throws SqlParseError WRONG_ARGUMENT_COUNT */
export function checkArgumentCount(definition: SqlFunction, count: number, column: number): void {
  if (count >= definition.minArguments && count <= definition.maxArguments) return;
  throw new SqlParseError('WRONG_ARGUMENT_COUNT', {
    column,
    found: `${definition.name}() with ${count} arguments`,
    supported: `it is documented as ${definition.signature}`,
  });
}

import { SqlParseError } from '../errors.ts';
import type { SqlFunction } from './function.ts';
import { messageFunctions } from './message.ts';
import { functionsNotServedYet } from './not-served.ts';
import { randomFunctions } from './random.ts';
import { timeFunctions } from './time.ts';

/** Every function that is served. */
export const servedFunctions: readonly SqlFunction[] = [
  ...messageFunctions,
  ...timeFunctions,
  ...randomFunctions,
];

const byName = new Map(servedFunctions.map((definition) => [definition.name.toLowerCase(), definition]));

/**
 * Finds a function by its name, in any case. `column` is where the name stands.
 *
 * @throws SqlParseError NOT_SERVED_YET when AWS has the function, UNKNOWN_FUNCTION when it does not.
 */
export function findFunction(name: string, column: number): SqlFunction {
  const definition = byName.get(name.toLowerCase());
  if (definition !== undefined) return definition;
  const supported = `served functions: ${servedFunctions.map(({ signature }) => signature).join(', ')}`;
  if (functionsNotServedYet.has(name.toLowerCase())) {
    throw new SqlParseError('NOT_SERVED_YET', {
      column,
      found: `the function ${name}(), which is not served yet`,
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

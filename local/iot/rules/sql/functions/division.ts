import { binaryFunction } from '../operators.ts';
import type { SqlFunction } from './function.ts';

/** The operator % by its two names as a function. */
export const divisionFunctions: readonly SqlFunction[] = ['mod', 'remainder'].map((name) => ({
  name,
  signature: `${name}(Decimal, Decimal)`,
  minArguments: 2,
  maxArguments: 2,
  evaluate: (_context, [left, right], site) => binaryFunction('%', site)(left, right),
}));

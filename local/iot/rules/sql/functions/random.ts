import { fromDouble } from '../values.ts';
import type { SqlFunction } from './function.ts';

/** Functions that answer differently at each call. */
export const randomFunctions: readonly SqlFunction[] = [
  {
    name: 'newuuid',
    signature: 'newuuid()',
    minArguments: 0,
    maxArguments: 0,
    /** A random UUID of 16 bytes, as text. */
    evaluate: (context) => context.newUuid(),
  },
  {
    name: 'rand',
    signature: 'rand()',
    minArguments: 0,
    maxArguments: 0,
    /** At least 0, less than 1. */
    evaluate: (context) => fromDouble(context.random()),
  },
];

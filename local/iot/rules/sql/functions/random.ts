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
];

import type { SqlFunction } from './function.ts';

/** Functions of the clock. */
export const timeFunctions: readonly SqlFunction[] = [
  {
    name: 'timestamp',
    signature: 'timestamp()',
    minArguments: 0,
    maxArguments: 0,
    /** Milliseconds since the epoch; one value for a whole message. */
    evaluate: (context) => context.nowMs,
  },
];

import type { SqlFunction } from './function.ts';

/** Functions that tell whether there is a value. */
export const presenceFunctions: readonly SqlFunction[] = [
  {
    name: 'isNull',
    signature: 'isNull(value)',
    minArguments: 1,
    maxArguments: 1,
    evaluate: (_context, [value]) => value === null,
  },
  {
    name: 'isUndefined',
    signature: 'isUndefined(value)',
    minArguments: 1,
    maxArguments: 1,
    sinceVersion: '2016-03-23',
    evaluate: (_context, [value]) => value === undefined,
  },
  {
    name: 'nanvl',
    signature: 'nanvl(value, value)',
    minArguments: 2,
    maxArguments: 2,
    /** No number here is NaN: what would be one is Undefined already. */
    evaluate: (_context, [value, substitute]) => value ?? substitute,
  },
];

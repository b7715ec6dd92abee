export { alternativesOf } from './alternatives.ts';
export { compilePattern, type EventPattern } from './compile.ts';
export type { Operator, PatternDialect, TextOperator } from './dialect.ts';
export { isFields, isLeaf, type Fields, type Leaf } from './fields.ts';
export { PatternError } from './pattern-error.ts';

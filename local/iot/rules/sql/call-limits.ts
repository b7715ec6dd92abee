import type { CallExpression, Statement } from './ast.ts';
import { SqlEvaluationError } from './errors.ts';
import { callsIn } from './walk.ts';

interface CallLimit {
  /** As errors name the calls. */
  readonly calls: string;
  readonly most: number;
  readonly covers: (call: CallExpression) => boolean;
}

/** Source: the references of the functions. A statement past a limit can be created, and ends without its actions. */
const limits: readonly CallLimit[] = [
  {
    calls: 'get_dynamodb()',
    most: 1,
    covers: ({ definition }) => definition.name === 'get_dynamodb',
  },
  {
    calls: 'get_registry_data()',
    most: 1,
    covers: ({ definition }) => definition.name === 'get_registry_data',
  },
  {
    calls: "decode(…, 'proto', …)",
    most: 2,
    covers: ({ definition, operands: [, scheme] }) =>
      definition.name === 'decode' && scheme?.kind === 'string' && scheme.value.toLowerCase() === 'proto',
  },
];

/** The error of a statement that calls a function more often than AWS allows; undefined when it does not. */
export function callLimitError(statement: Statement): SqlEvaluationError | undefined {
  const calls = callsIn(statement);
  for (const limit of limits) {
    const count = calls.filter(limit.covers).length;
    if (count <= limit.most) continue;
    return new SqlEvaluationError(
      'EXTERNAL_LIMIT_EXCEEDED',
      `the statement calls ${limit.calls} ${count} times, and may ${limit.most}: no action runs`,
    );
  }
  return undefined;
}

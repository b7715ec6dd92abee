import type { MessageContext } from '../context.ts';
import type { SqlValue } from '../values.ts';

/** One function of AWS IoT SQL. */
export interface SqlFunction {
  /** As the AWS reference writes it; it is called in any case. */
  readonly name: string;
  /** As the AWS reference documents it. */
  readonly signature: string;
  readonly minArguments: number;
  readonly maxArguments: number;
  evaluate(context: MessageContext, operands: readonly SqlValue[]): SqlValue;
}

import type { MessageContext } from '../context.ts';
import type { Semantics } from '../operators.ts';
import type { SqlValue } from '../values.ts';
import type { SqlVersion } from '../version.ts';

/** What a function knows of the place where it is called, besides its operands. */
export interface CallSite extends Semantics {
  /** One number for each call that is written: it tells the external calls of a message apart. */
  readonly id: number;
  /** Which operands are written `*` and mean the payload. */
  readonly wholePayloadOperands: readonly number[];
}

/** One function of AWS IoT SQL. */
export interface SqlFunction {
  /** As the AWS reference writes it; it is called in any case. */
  readonly name: string;
  /** As the AWS reference documents it. */
  readonly signature: string;
  readonly minArguments: number;
  readonly maxArguments: number;
  /** `2016-03-23` for a function that 2015-10-08 does not have. @default '2015-10-08' */
  readonly sinceVersion?: SqlVersion;
  /**
   * For a function that is called as `name(value AS Type)`: its types in lower case, and the version that brought
   * each. The type, as written, is the second operand.
   */
  readonly castTypes?: ReadonlyMap<string, SqlVersion>;
  /** Operands for which `*` means the bytes of the payload, which may be no JSON: they are given as Undefined. */
  readonly readsPayloadBytes?: (operandIndex: number) => boolean;
  /** For `get_or_default`: the second operand stands in for a first one that is Null or Undefined, or fails. */
  readonly catchesFailures?: boolean;
  /** @throws SqlEvaluationError; an external function also throws the signal of `external/calls.ts`. */
  readonly evaluate: (context: MessageContext, operands: readonly SqlValue[], site: CallSite) => SqlValue;
}

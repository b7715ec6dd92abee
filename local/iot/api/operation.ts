import type * as Sdk from '@aws-sdk/client-iot';

/** The operations of AWS IoT's control plane, by name. */
export type OperationName = keyof typeof Sdk extends infer Exported
  ? Exported extends `${infer Name}Command`
    ? Name
    : never
  : never;

type CommandOf<Name extends OperationName> = `${Name}Command` extends keyof typeof Sdk
  ? (typeof Sdk)[`${Name}Command`] extends abstract new (...parameters: never[]) => infer Command
    ? Command
    : never
  : never;

/** What is sent: the members that the model requires are there. */
export type Input<Name extends OperationName> =
  CommandOf<Name> extends { readonly input: infer Sent } ? Checked<Sent> : never;

/** What is answered. */
export type Output<Name extends OperationName> =
  CommandOf<Name> extends { resolveMiddleware(...parameters: never[]): infer Handler }
    ? Handler extends (...parameters: never[]) => Promise<{ output: infer Answered }>
      ? Omit<Answered, '$metadata'>
      : never
    : never;

/**
 * The SDK writes a required member as `name: T | undefined` and another one as `name?: T | undefined`. Requests are
 * checked before an operation sees them, so that the first is `name: T` here, at every depth.
 */
export type Checked<Value> = Value extends string | number | boolean | Date | Uint8Array | null | undefined
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly Checked<Item>[]
    : {
        readonly [Key in keyof Value]: {} extends Pick<Value, Key>
          ? Checked<Value[Key]>
          : Checked<NonNullable<Value[Key]>>;
      };

/** Who calls, as far as operations want to know. */
export interface Caller {
  readonly accessKeyId: string;
  readonly region: string;
  readonly requestId: string;
}

/** One operation: the checked input in, the answer out. What it throws is answered as an error. */
export type Operation<Name extends OperationName, Context> = (
  input: Input<Name>,
  context: Context,
  caller: Caller,
) => Output<Name> | Promise<Output<Name>>;

/**
 * Operations that work with a `Context`, by their names in AWS's model. What they answer goes to JSON as it is:
 * undefined members are left out, dates become seconds.
 */
export type OperationGroup<Context> = { readonly [Name in OperationName]?: Operation<Name, Context> };

/** An operation with its context, as the handler calls it: `input` has been read by its binding. */
export type BoundOperation = (input: unknown, caller: Caller) => unknown;

export type BoundOperations = ReadonlyMap<string, BoundOperation>;

/** An operation of whichever name. As a method, it takes an input that only its binding has checked. */
interface AnyOperation<Context> {
  run(input: unknown, context: Context, caller: Caller): unknown;
}

/**
 * Gives a group of operations what they work with. The bindings that check an input and the types that an
 * operation is written in are of one model.
 */
export function bindOperations<Context>(group: OperationGroup<Context>, context: Context): BoundOperations {
  const bound = new Map<string, BoundOperation>();
  for (const [name, run] of Object.entries(group)) {
    const operation: AnyOperation<Context> = { run };
    bound.set(name, (input, caller) => operation.run(input, context, caller));
  }
  return bound;
}

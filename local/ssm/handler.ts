import { createHash } from 'node:crypto';
import { z } from 'zod';
import { createJsonService } from '../endpoint/json-service.ts';
import type { ServiceHandler } from '../endpoint/service.ts';
import { AwsApiError } from '../errors.ts';
import { PARAMETER_TYPES, type Parameter, type Store } from './store.ts';

/** What a standard parameter may hold. */
const MAX_VALUE_BYTES = 4_096;

/** GetParameters takes so many names at once. */
const MAX_NAMES = 10;

const name = z
  .string()
  .regex(/^(?:\/[\w.-]+){1,15}$|^[\w.-]+$/)
  .max(1_011);

const putSchema = z.strictObject({
  Name: name,
  Value: z
    .string()
    .min(1)
    .refine((value) => Buffer.byteLength(value) <= MAX_VALUE_BYTES, {
      message: `a standard parameter has at most ${MAX_VALUE_BYTES} bytes`,
    }),
  Type: z.enum(PARAMETER_TYPES).optional(),
  Overwrite: z.boolean().default(false),
  Description: z.string().optional(),
  DataType: z.literal('text').optional(),
  Tier: z.literal('Standard').optional(),
});

const getSchema = z.strictObject({ Name: name, WithDecryption: z.boolean().default(false) });
const getManySchema = z.strictObject({
  Names: z.array(name).min(1).max(MAX_NAMES),
  WithDecryption: z.boolean().default(false),
});
const deleteSchema = z.strictObject({ Name: name });

interface Context {
  readonly now: () => number;
  /** `arn:aws:ssm:<region>:<account>:parameter` */
  readonly arnPrefix: string;
}

type Operation = (input: unknown, store: Store, context: Context) => object;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  PutParameter(input, store, { now }) {
    const { Name, Value, Type, Overwrite } = read(putSchema, input);
    const old = store.find(Name);
    if (old !== undefined && !Overwrite) {
      throw ssmError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite it, set Overwrite.',
      );
    }
    const type = Type ?? old?.type;
    if (type === undefined) throw ssmError('ValidationException', 'A new parameter needs a Type.');
    const version = (old?.version ?? 0) + 1;
    store.save({ name: Name, type, value: Value, version, modifiedAtMs: now() });
    return { Version: version, Tier: 'Standard' };
  },
  GetParameter(input, store, context) {
    const { Name, WithDecryption } = read(getSchema, input);
    return { Parameter: described(required(store, Name), WithDecryption, context) };
  },
  GetParameters(input, store, context) {
    const { Names, WithDecryption } = read(getManySchema, input);
    const found = Names.map((one) => store.find(one)).filter((one) => one !== undefined);
    return {
      Parameters: found.map((one) => described(one, WithDecryption, context)),
      InvalidParameters: Names.filter((one) => store.find(one) === undefined),
    };
  },
  DeleteParameter(input, store) {
    const { Name } = read(deleteSchema, input);
    required(store, Name);
    store.remove(Name);
    return {};
  },
};

/** Answers requests to the SSM API. */
export function createHandler(store: Store, context: Context): ServiceHandler {
  const bound = Object.entries(OPERATIONS).map(
    ([operationName, operation]) =>
      [operationName, (input: unknown) => operation(input, store, context)] as const,
  );
  return createJsonService({
    version: '1.1',
    targetPrefix: 'AmazonSSM.',
    operations: Object.fromEntries(bound),
    error: ssmError,
  });
}

function described(parameter: Parameter, isDecrypted: boolean, { arnPrefix }: Context): object {
  const { name: Name, type: Type, value, version: Version, modifiedAtMs } = parameter;
  const ARN = `${arnPrefix}${Name.startsWith('/') ? '' : '/'}${Name}`;
  const Value = Type === 'SecureString' && !isDecrypted ? unreadable(value) : value;
  return { Name, Type, Value, Version, LastModifiedDate: modifiedAtMs / 1000, ARN, DataType: 'text' };
}

/** On AWS a SecureString that nobody asked to decrypt is a ciphertext: whoever forgets it has to notice here. */
function unreadable(value: string): string {
  return createHash('sha512').update(value).digest('base64');
}

function required(store: Store, wanted: string): Parameter {
  const found = store.find(wanted);
  if (found === undefined) throw ssmError('ParameterNotFound', `There is no parameter ${wanted}.`);
  return found;
}

function read<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw ssmError('ValidationException', z.prettifyError(parsed.error));
}

/** The errors of the SSM API travel under 400. */
function ssmError(code: string, message: string): AwsApiError {
  return new AwsApiError(400, code, message);
}

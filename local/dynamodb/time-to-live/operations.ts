import { z } from 'zod';
import { AwsApiError } from '../../errors.ts';
import type { CallEngine } from './look.ts';
import type { Setting, SettingStore } from './store.ts';

/** A table's name, or its ARN. */
const tableName = z
  .string()
  .min(1)
  .max(1_024)
  .transform((text) => text.slice(text.lastIndexOf('/') + 1));

const describeSchema = z.strictObject({ TableName: tableName });
const updateSchema = z.strictObject({
  TableName: tableName,
  TimeToLiveSpecification: z.strictObject({
    AttributeName: z.string().min(1).max(255),
    Enabled: z.boolean(),
  }),
});

const errorSchema = z.object({ __type: z.string(), message: z.string().default('') });

export interface OperationContext {
  readonly call: CallEngine;
  readonly settings: Pick<SettingStore, 'find'>;
  readonly enable: (setting: Setting) => void;
  readonly disable: (tableName: string) => void;
}

/**
 * DynamoDB's two operations on the time to live, by their names. They are answered here and never by the engine,
 * whose own expiry would go by the machine's clock. A change holds at once, where AWS takes up to an hour.
 */
export const OPERATIONS: Readonly<
  Record<string, (input: unknown, context: OperationContext) => Promise<object>>
> = {
  async DescribeTimeToLive(input, { call, settings }) {
    const { TableName } = read(describeSchema, input);
    await requireTable(call, TableName);
    const setting = settings.find(TableName);
    return {
      TimeToLiveDescription:
        setting === undefined
          ? { TimeToLiveStatus: 'DISABLED' }
          : { TimeToLiveStatus: 'ENABLED', AttributeName: setting.attributeName },
    };
  },
  async UpdateTimeToLive(input, { call, settings, enable, disable }) {
    const { TableName, TimeToLiveSpecification } = read(updateSchema, input);
    const { AttributeName, Enabled } = TimeToLiveSpecification;
    await requireTable(call, TableName);
    const attributeName = settings.find(TableName)?.attributeName;
    if (attributeName === undefined && !Enabled) throw invalid('TimeToLive is already disabled');
    if (attributeName !== undefined && attributeName !== AttributeName) {
      throw invalid(
        `TimeToLive is active on a different AttributeName: current AttributeName is ${attributeName}`,
      );
    }
    if (attributeName !== undefined && Enabled) throw invalid('TimeToLive is already enabled');
    if (Enabled) enable({ tableName: TableName, attributeName: AttributeName });
    else disable(TableName);
    return { TimeToLiveSpecification };
  },
};

/** @throws AwsApiError with what the engine says of a table that it has not. */
async function requireTable(call: CallEngine, TableName: string): Promise<void> {
  const { ok, text } = await call('DescribeTable', { TableName });
  if (ok) return;
  const { __type, message } = errorSchema.parse(JSON.parse(text));
  throw new AwsApiError(400, __type.slice(__type.indexOf('#') + 1), message);
}

function read<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalid(z.prettifyError(parsed.error));
}

function invalid(message: string): AwsApiError {
  return new AwsApiError(400, 'ValidationException', message);
}

import { z } from 'zod';
import { isObject, toText } from '../sql/conversions.ts';
import { isInt, isNumber, numberText, type SqlValue } from '../sql/values.ts';
import { ActionError, defineAction, roleArn, templateText } from './action.ts';
import { requirePermission, requireService } from './permissions.ts';
import { jsonOf } from './result-text.ts';

const UNITS = ['SECONDS', 'MILLISECONDS', 'MICROSECONDS', 'NANOSECONDS'];

const dimension = z.strictObject({
  Name: z
    .string()
    .min(1)
    .max(60)
    .regex(
      /^(?!ts_|measure_value|measure_name$|time$)[^:]+$/,
      'a dimension cannot be called time, measure_name, measure_value…, ts_…, nor have a colon',
    ),
  Value: templateText,
});

/** Writes each attribute of the SELECT result as a record of its own into a Timestream table: kept in the outbox. */
export const timestream = defineAction({
  name: 'Timestream',
  failedAction: 'TimestreamAction',
  settings: z.strictObject({
    DatabaseName: templateText,
    TableName: templateText,
    Dimensions: z.array(dimension).min(1).max(128),
    Timestamp: z.strictObject({ Value: templateText, Unit: z.enum(UNITS) }).optional(),
    RoleArn: roleArn,
  }),
  prepare: ({ DatabaseName, TableName, Dimensions, Timestamp, RoleArn }) => ({
    resource: TableName,
    run: async (tableName, invocation, services) => {
      const { context, result, ruleName } = invocation;
      const databaseName = DatabaseName.render(context);
      const time = readTime(Timestamp?.Value.render(context) ?? String(context.nowMs));
      const timeUnit = Timestamp?.Unit ?? 'MILLISECONDS';
      const dimensions = Dimensions.map(({ Name, Value }) => ({ name: Name, value: Value.render(context) }));
      const records = readMeasures(jsonOf(result, 'Timestream'));
      const keep = requireService(services, 'keep');
      requirePermission(services, invocation, RoleArn, 'timestream:DescribeEndpoints', () => '*');
      requirePermission(services, invocation, RoleArn, 'timestream:WriteRecords', ({ region, accountId }) => {
        return `arn:aws:timestream:${region}:${accountId}:database/${databaseName}/table/${tableName}`;
      });
      keep('timestream', { ruleName, databaseName, tableName, time, timeUnit, dimensions, records });
    },
  }),
});

/** Whole numbers since the epoch. @throws ActionError PARAMETER_INVALID */
function readTime(text: string): string {
  if (/^\d{1,19}$/.test(text)) return text;
  throw new ActionError(
    'PARAMETER_INVALID',
    `the timestamp "${text.slice(0, 100)}" is no whole number of time`,
  );
}

interface Measure {
  readonly measureName: string;
  readonly measureValue: string;
  readonly measureValueType: 'BOOLEAN' | 'BIGINT' | 'DOUBLE' | 'VARCHAR';
}

/** @throws ActionError ITEM_NOT_AN_OBJECT, MEASURE_INVALID */
function readMeasures(value: SqlValue): Measure[] {
  if (!isObject(value)) {
    throw new ActionError('ITEM_NOT_AN_OBJECT', 'the result of SELECT is not a JSON object');
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) {
    throw new ActionError('MEASURE_INVALID', 'the result of SELECT has no attribute to write');
  }
  return members.map(([measureName, member]) => readMeasure(measureName, member));
}

function readMeasure(measureName: string, value: SqlValue): Measure {
  if (typeof value === 'boolean') {
    return { measureName, measureValue: String(value), measureValueType: 'BOOLEAN' };
  }
  if (isNumber(value)) {
    return {
      measureName,
      measureValue: numberText(value),
      measureValueType: isInt(value) ? 'BIGINT' : 'DOUBLE',
    };
  }
  const text = toText(value);
  if (text !== undefined) return { measureName, measureValue: text, measureValueType: 'VARCHAR' };
  throw new ActionError(
    'MEASURE_INVALID',
    `the attribute "${measureName}" is null, which Timestream does not take`,
  );
}

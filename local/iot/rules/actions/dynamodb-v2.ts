import { z } from 'zod';
import { isObject } from '../sql/conversions.ts';
import { ActionError, defineAction, roleArn, templateText } from './action.ts';

/** Puts the SELECT result into a table: every top-level attribute is a column, the keys among them. */
export const dynamoDBv2 = defineAction({
  name: 'DynamoDBv2',
  failedAction: 'DynamoDBv2Action',
  settings: z.strictObject({ PutItem: z.strictObject({ TableName: templateText }), RoleArn: roleArn }),
  prepare: ({ PutItem }) => ({
    resource: PutItem.TableName,
    run: async (tableName, { result }, services) => {
      const item = result.json();
      if (!isObject(item)) {
        throw new ActionError('ITEM_NOT_AN_OBJECT', 'the result of SELECT is not a JSON object');
      }
      await services.putItem({ tableName, item });
    },
  }),
});

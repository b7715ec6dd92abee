import { z } from 'zod';
import { isObject } from '../sql/conversions.ts';
import { ActionError, defineAction, roleArn, templateText } from './action.ts';
import { marshallable } from './item.ts';
import { requirePermission } from './permissions.ts';

/** Puts the SELECT result into a table: every top-level attribute is a column, the keys among them. */
export const dynamoDBv2 = defineAction({
  name: 'DynamoDBv2',
  failedAction: 'DynamoDBv2Action',
  settings: z.strictObject({ PutItem: z.strictObject({ TableName: templateText }), RoleArn: roleArn }),
  prepare: ({ PutItem, RoleArn }) => ({
    resource: PutItem.TableName,
    run: async (tableName, invocation, services) => {
      const result = invocation.result.json();
      if (!isObject(result)) {
        throw new ActionError('ITEM_NOT_AN_OBJECT', 'the result of SELECT is not a JSON object');
      }
      requirePermission(services, invocation, RoleArn, 'dynamodb:PutItem', ({ region, accountId }) => {
        return `arn:aws:dynamodb:${region}:${accountId}:table/${tableName}`;
      });
      const item = Object.fromEntries(
        Object.entries(result).map(([name, value]) => [name, marshallable(value)]),
      );
      await services.putItem({ tableName, item });
    },
  }),
});

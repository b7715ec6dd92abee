import { z } from 'zod';
import { physicalName, readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const TYPE = 'AWS::DynamoDB::Table';

const list = z.array(z.unknown());

const schema = z.strictObject({
  TableName: z.string().optional(),
  BillingMode: z.enum(['PAY_PER_REQUEST', 'PROVISIONED']).optional(),
  ProvisionedThroughput: z.unknown().optional(),
  AttributeDefinitions: list,
  KeySchema: list,
  GlobalSecondaryIndexes: list.optional(),
  LocalSecondaryIndexes: list.optional(),
  // AWS too deletes what has expired only within days: no program may count on it being gone.
  TimeToLiveSpecification: withoutLocalEffect,
  PointInTimeRecoverySpecification: withoutLocalEffect,
  SSESpecification: withoutLocalEffect,
  DeletionProtectionEnabled: withoutLocalEffect,
  TableClass: withoutLocalEffect,
  Tags: withoutLocalEffect,
});

/** A DynamoDB table; its properties but one are those of CreateTable. */
export const table: ResourceType = {
  type: TYPE,
  name(logicalId, properties, { region, accountId, ...place }) {
    const name = physicalName(properties, 'TableName', logicalId, { region, accountId, ...place });
    return { ref: name, attributes: { Arn: `arn:aws:dynamodb:${region}:${accountId}:table/${name}` } };
  },
  create(logicalId, { ref: name }, properties) {
    const read = readProperties(schema, properties, TYPE, logicalId);
    const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, LocalSecondaryIndexes } = read;
    const request = {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions,
      KeySchema,
      ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes }),
      ...(LocalSecondaryIndexes && { LocalSecondaryIndexes }),
    };
    return { kind: 'table', name, request };
  },
};

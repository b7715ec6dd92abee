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
  TimeToLiveSpecification: z
    .strictObject({
      Enabled: z.stringbool().or(z.boolean()),
      AttributeName: z.string().min(1).max(255).optional(),
    })
    .refine(({ Enabled, AttributeName }) => !Enabled || AttributeName !== undefined, {
      message: 'a time to live needs its AttributeName',
    })
    .optional(),
  PointInTimeRecoverySpecification: withoutLocalEffect,
  SSESpecification: withoutLocalEffect,
  DeletionProtectionEnabled: withoutLocalEffect,
  TableClass: withoutLocalEffect,
  Tags: withoutLocalEffect,
});

/** A DynamoDB table; its properties but one are those of CreateTable, which knows no time to live. */
export const table: ResourceType = {
  type: TYPE,
  name(logicalId, properties, { region, accountId, ...place }) {
    const name = physicalName(properties, 'TableName', logicalId, { region, accountId, ...place });
    return { ref: name, attributes: { Arn: `arn:aws:dynamodb:${region}:${accountId}:table/${name}` } };
  },
  create(logicalId, { ref: name }, properties) {
    const read = readProperties(schema, properties, TYPE, logicalId);
    const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, LocalSecondaryIndexes } = read;
    const timeToLive = read.TimeToLiveSpecification;
    const request = {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions,
      KeySchema,
      ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes }),
      ...(LocalSecondaryIndexes && { LocalSecondaryIndexes }),
    };
    return {
      kind: 'table',
      name,
      request,
      ...(timeToLive?.Enabled && timeToLive.AttributeName !== undefined
        ? { timeToLive: timeToLive.AttributeName }
        : {}),
    };
  },
};

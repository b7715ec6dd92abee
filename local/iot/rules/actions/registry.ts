import type { ActionKind } from './action.ts';
import { dynamoDBv2 } from './dynamodb-v2.ts';
import { lambda } from './lambda.ts';
import { republish } from './republish.ts';
import { s3 } from './s3.ts';
import { sqs } from './sqs.ts';

/** Every kind of action that is served, by its CloudFormation name. */
export const actionKinds: ReadonlyMap<string, ActionKind> = new Map(
  [lambda, republish, s3, sqs, dynamoDBv2].map((kind) => [kind.name, kind]),
);

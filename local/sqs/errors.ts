import { AwsApiError } from '../errors.ts';

/**
 * The errors of SQS by their name in the JSON protocol: status, and the code of the query protocol where it is
 * another one. The JSON protocol sends that code as well, in `x-amzn-query-error`.
 */
const ERRORS = {
  BatchEntryIdsNotDistinct: [400, 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct'],
  BatchRequestTooLong: [400, 'AWS.SimpleQueueService.BatchRequestTooLong'],
  EmptyBatchRequest: [400, 'AWS.SimpleQueueService.EmptyBatchRequest'],
  InvalidAddress: [404, 'InvalidAddress'],
  InvalidAttributeName: [400, 'InvalidAttributeName'],
  InvalidAttributeValue: [400, 'InvalidAttributeValue'],
  InvalidBatchEntryId: [400, 'AWS.SimpleQueueService.InvalidBatchEntryId'],
  InvalidMessageContents: [400, 'InvalidMessageContents'],
  InvalidParameterValue: [400, 'InvalidParameterValue'],
  MessageNotInflight: [400, 'AWS.SimpleQueueService.MessageNotInflight'],
  MissingParameter: [400, 'MissingParameter'],
  PurgeQueueInProgress: [403, 'AWS.SimpleQueueService.PurgeQueueInProgress'],
  QueueDoesNotExist: [400, 'AWS.SimpleQueueService.NonExistentQueue'],
  QueueNameExists: [400, 'QueueAlreadyExists'],
  ReceiptHandleIsInvalid: [404, 'ReceiptHandleIsInvalid'],
  TooManyEntriesInBatchRequest: [400, 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest'],
  UnknownOperationException: [400, 'InvalidAction'],
  UnsupportedOperation: [400, 'AWS.SimpleQueueService.UnsupportedOperation'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

export type SqsErrorName = keyof typeof ERRORS;

/** An error of the SQS API, under its name in the JSON protocol. */
export function sqsError(name: SqsErrorName, message: string): AwsApiError {
  return new AwsApiError(ERRORS[name][0], name, message);
}

/** The code that the query protocol knows an error by. */
export function queryErrorCode(code: string): string {
  return isSqsErrorName(code) ? ERRORS[code][1] : code;
}

function isSqsErrorName(code: string): code is SqsErrorName {
  return Object.hasOwn(ERRORS, code);
}

/** Errors of AWS that say nothing about the call and may be gone the next time (API reference, common errors). */
const TRANSIENT: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'InternalException',
  'InternalFailure',
  'InternalFailureException',
  'InternalServerError',
  'InternalServerException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  // Somebody else is writing to the same thing, group or certificate at this moment.
  'ConflictingResourceUpdateException',
  'ConflictException',
  'TransactionConflictException',
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
]);

/** What Node says of connections that failed or broke. */
const BROKEN_CONNECTIONS: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Whether the same call may succeed when it is made again, as it is. */
export function isTransient(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if (TRANSIENT.has(thrown.name)) return true;
  if ('code' in thrown && typeof thrown.code === 'string' && BROKEN_CONNECTIONS.has(thrown.code)) return true;
  const status = statusOf(thrown);
  return status !== undefined && (status === 429 || status >= 500);
}

/** The name of an error that an AWS service has answered with; undefined for any other. */
export function awsErrorName(thrown: unknown): string | undefined {
  return thrown instanceof Error && ('$metadata' in thrown || TRANSIENT.has(thrown.name))
    ? thrown.name
    : undefined;
}

function statusOf(thrown: Error): number | undefined {
  if (!('$metadata' in thrown) || typeof thrown.$metadata !== 'object' || thrown.$metadata === null)
    return undefined;
  const { $metadata: metadata } = thrown;
  return 'httpStatusCode' in metadata && typeof metadata.httpStatusCode === 'number'
    ? metadata.httpStatusCode
    : undefined;
}

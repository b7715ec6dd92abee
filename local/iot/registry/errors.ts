import { AwsApiError } from '../../errors.ts';

/** The errors of AWS IoT's control plane, each with the HTTP status that it travels under. */
export const IOT_ERROR_STATUS = {
  CertificateConflictException: 409,
  CertificateStateException: 406,
  CertificateValidationException: 400,
  ConflictException: 409,
  ConflictingResourceUpdateException: 409,
  DeleteConflictException: 409,
  IndexNotReadyException: 400,
  InternalException: 500,
  InternalFailureException: 500,
  InternalServerException: 500,
  InvalidAggregationException: 400,
  InvalidQueryException: 400,
  InvalidRequestException: 400,
  InvalidResponseException: 400,
  InvalidStateTransitionException: 409,
  LimitExceededException: 410,
  MalformedPolicyException: 400,
  NotConfiguredException: 404,
  RegistrationCodeValidationException: 400,
  ResourceAlreadyExistsException: 409,
  ResourceNotFoundException: 404,
  ResourceRegistrationFailureException: 400,
  ServiceQuotaExceededException: 402,
  ServiceUnavailableException: 503,
  SqlParseException: 400,
  TaskAlreadyExistsException: 400,
  ThrottlingException: 400,
  TransferAlreadyCompletedException: 410,
  TransferConflictException: 409,
  UnauthorizedException: 401,
  ValidationException: 400,
  VersionConflictException: 409,
  VersionsLimitExceededException: 409,
} as const;

export type IotErrorCode = keyof typeof IOT_ERROR_STATUS;

/** An error of the control plane. The members of `data` travel in the body beside the message. */
export function iotError(code: IotErrorCode, message: string, data?: Record<string, unknown>): AwsApiError {
  return new AwsApiError(IOT_ERROR_STATUS[code], code, message, data);
}

/** The request cannot be: `InvalidRequestException`. */
export function invalidRequest(message: string): AwsApiError {
  return iotError('InvalidRequestException', message);
}

/** `ResourceNotFoundException` for `kind` (`Thing`, `Thing group`) and its name. */
export function notFound(kind: string, name: string): AwsApiError {
  return iotError('ResourceNotFoundException', `${kind} ${name} does not exist`);
}

/**
 * `ResourceAlreadyExistsException`, with what is there: clients read `resourceId` and `resourceArn` to go on with
 * that one.
 */
export function alreadyExists(
  kind: string,
  name: string,
  there: { readonly resourceId?: string; readonly resourceArn: string },
): AwsApiError {
  return iotError(
    'ResourceAlreadyExistsException',
    `${kind} ${name} already exists in account with different attributes or tags`,
    { ...there },
  );
}

/**
 * Optimistic locking: nothing happens unless the caller knows the version that is there. A call without an
 * expected version always goes through.
 *
 * @throws AwsApiError `VersionConflictException`
 */
export function requireVersion(name: string, version: number, expected: number | undefined): void {
  if (expected === undefined || expected === version) return;
  throw iotError(
    'VersionConflictException',
    `The version for ${name} does not match the expected version: expected ${expected}, but it is ${version}`,
  );
}

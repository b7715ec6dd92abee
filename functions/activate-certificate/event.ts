import * as z from 'zod/mini';
import { RejectedInputError } from '../../shared/rejections.ts';
import { once } from '../../shared/once.ts';

/**
 * AWS IoT's event for a certificate that a device has brought: on
 * `$aws/events/certificates/registered/<caCertificateId>`, once and again at each further CONNECT. It may be doubled,
 * late, or forged by whoever may invoke the function: nothing in it is believed but which certificate to look at, and
 * when the device was there.
 */
export interface RegistrationEvent {
  readonly certificateId: string;
  readonly caCertificateId: string;
  /** When the device connected, in milliseconds since the epoch. */
  readonly connectedAtMs?: number;
}

const eventSchema = once(() => {
  const id = z.string().check(z.regex(/^[0-9a-f]{64}$/));
  return z.object({
    certificateId: id,
    caCertificateId: id,
    awsAccountId: z.string().check(z.regex(/^\d{12}$/)),
    timestamp: z.optional(z.int().check(z.gte(0))),
  });
});

/** @throws RejectedInputError with the code EVENT_UNUSABLE or FOREIGN_ACCOUNT. */
export function parseRegistrationEvent(message: unknown, accountId: string): RegistrationEvent {
  const parsed = eventSchema().safeParse(message);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') ?? '';
    throw new RejectedInputError(
      'EVENT_UNUSABLE',
      `the event cannot be used${field === '' ? '' : ` at "${field}"`}: ${issue?.message ?? 'wrong shape'}`,
      field,
    );
  }
  const { certificateId, caCertificateId, awsAccountId, timestamp } = parsed.data;
  if (awsAccountId !== accountId) {
    throw new RejectedInputError(
      'FOREIGN_ACCOUNT',
      `the event is of the account ${awsAccountId}, not of ${accountId}`,
      'awsAccountId',
    );
  }
  return { certificateId, caCertificateId, ...(timestamp === undefined ? {} : { connectedAtMs: timestamp }) };
}

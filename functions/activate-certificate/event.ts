import * as z from 'zod/mini';
import { RejectedInputError } from '../../shared/rejections.ts';
import { once } from '../../shared/once.ts';

/**
 * What the function is called for, by one of two rules:
 *
 * - a certificate that a device has brought: AWS IoT's event on `$aws/events/certificates/registered/<caCertificateId>`,
 *   once and again at each further CONNECT;
 * - a device that has connected with an ACTIVE certificate, and that nobody has been told of yet: AWS IoT's event on
 *   `$aws/events/presence/connected/<clientId>`, as the rule hands it on.
 *
 * Either may be doubled, late, or forged by whoever may invoke the function: nothing in it is believed but which
 * certificate to look at, and when the device was there.
 */
export interface RegistrationEvent {
  readonly certificateId: string;
  /** Of a certificate that was brought. */
  readonly caCertificateId?: string;
  /** Of a device that has connected; perhaps the name of its thing too. */
  readonly clientId?: string;
  /** When the device connected, in milliseconds since the epoch. */
  readonly connectedAtMs?: number;
}

/** AWS IoT takes no longer ones. */
const MAX_CLIENT_ID = 128;

const eventSchema = once(() => {
  const id = z.string().check(z.regex(/^[0-9a-f]{64}$/));
  return z.object({
    certificateId: id,
    caCertificateId: z.optional(id),
    clientId: z.optional(z.string().check(z.minLength(1), z.maxLength(MAX_CLIENT_ID))),
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
  const { certificateId, caCertificateId, clientId, awsAccountId, timestamp } = parsed.data;
  if (caCertificateId === undefined && clientId === undefined) {
    throw new RejectedInputError(
      'EVENT_UNUSABLE',
      'the event names neither the CA of a certificate that was registered nor a client that has connected',
      'caCertificateId',
    );
  }
  if (awsAccountId !== accountId) {
    throw new RejectedInputError(
      'FOREIGN_ACCOUNT',
      `the event is of the account ${awsAccountId}, not of ${accountId}`,
      'awsAccountId',
    );
  }
  return {
    certificateId,
    ...(caCertificateId === undefined ? {} : { caCertificateId }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(timestamp === undefined ? {} : { connectedAtMs: timestamp }),
  };
}

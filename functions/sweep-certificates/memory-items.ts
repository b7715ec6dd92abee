import * as z from 'zod/mini';
import { once } from '../../shared/once.ts';
import type { Withdrawal } from './judge-revocation.ts';

/** What is in a certificate: it never changes, so that AWS IoT is asked for it once. */
export interface CertificateFacts {
  /** In lower-case hexadecimal digits. */
  readonly serialNumber: string;
  /** Milliseconds since the epoch. */
  readonly notAfterMs: number;
  readonly commonName?: string;
  /** Where the certificate says that its CA's list is; absent where it says nothing. */
  readonly crlAddresses?: readonly string[];
}

/** What is remembered of a certificate. */
export interface RememberedCertificate {
  /** Absent for one that has not been looked at yet. */
  readonly facts?: CertificateFacts;
  readonly withdrawal?: Withdrawal;
  readonly warnedDays?: number;
}

/** A revocation list that cannot be had, or not be used, and that people know of. */
export interface Trouble {
  /** As RevocationUnavailableError has it. */
  readonly code: string;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
}

const withdrawalSchema = once(() =>
  z.object({
    kind: z.enum(['revoked', 'on-hold']),
    revokedAtMs: z.number(),
    reasonCode: z.number(),
    isDone: z.boolean(),
  }),
);

const certificateSchema = once(() =>
  z.object({
    serialNumber: z.optional(z.string().check(z.regex(/^(?:[0-9a-f]{2})+$/))),
    notAfterMs: z.optional(z.number()),
    commonName: z.optional(z.string()),
    crlAddresses: z.optional(z.array(z.string())),
    withdrawal: z.optional(withdrawalSchema()),
    warnedDays: z.optional(z.number()),
  }),
);

/** undefined for an item that is none. */
export function readRememberedCertificate(item: unknown): RememberedCertificate | undefined {
  const parsed = certificateSchema().safeParse(item);
  if (!parsed.success) return undefined;
  const { serialNumber, notAfterMs, commonName, crlAddresses, withdrawal, warnedDays } = parsed.data;
  const facts =
    serialNumber === undefined || notAfterMs === undefined
      ? undefined
      : {
          serialNumber,
          notAfterMs,
          ...(commonName === undefined ? {} : { commonName }),
          ...(crlAddresses === undefined ? {} : { crlAddresses }),
        };
  return {
    ...(facts === undefined ? {} : { facts }),
    ...(withdrawal === undefined ? {} : { withdrawal }),
    ...(warnedDays === undefined ? {} : { warnedDays }),
  };
}

const caSchema = once(() => z.object({ warnedDays: z.number() }));

export function readWarnedDays(item: unknown): number | undefined {
  return caSchema().safeParse(item).data?.warnedDays;
}

const troubleSchema = once(() => z.object({ code: z.string(), sinceMs: z.number() }));

export function readTrouble(item: unknown): Trouble | undefined {
  return troubleSchema().safeParse(item).data;
}

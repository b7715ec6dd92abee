import * as z from 'zod/mini';
import { GlasshouseError } from '../errors.ts';
import { once } from '../once.ts';

/** A certificate that was not activated, and why. */
export interface HeldCertificate {
  readonly certificateId: string;
  /** In UPPER_SNAKE_CASE: `UNKNOWN_DEVICE`, `NAME_COLLISION`, … */
  readonly reason: string;
  /** For people. */
  readonly detail: string;
  /**
   * What was done with it: `hold`, `deactivate` or `revoke`; `wait` where somebody else is at it, and `retry` where a
   * step could not be done, which says nothing about the certificate. People are told of the first three.
   */
  readonly action: string;
  /** The step that decided, or could not be done: one of ACTIVATION_STEP_NAMES. Absent where no activation held it. */
  readonly step?: string;
  readonly caCertificateId?: string;
  readonly commonName?: string;
  /** When it was first and last found to be held, in milliseconds since the epoch. */
  readonly firstHeldAtMs: number;
  readonly lastHeldAtMs: number;
  /** The reason that people have been told; another than `reason` means that they have still to be told. */
  readonly notifiedReason?: string;
}

/** An item of the table of held certificates that was not written by this code, or not like this. */
export class HeldItemError extends GlasshouseError {
  override readonly name = 'HeldItemError' as const;
}

const itemSchema = once(() =>
  z.object({
    certificateId: z.string(),
    reason: z.string(),
    detail: z.string(),
    action: z.string(),
    step: z.optional(z.string()),
    caCertificateId: z.optional(z.string()),
    commonName: z.optional(z.string()),
    firstHeldAtMs: z.number(),
    lastHeldAtMs: z.number(),
    notifiedReason: z.optional(z.string()),
  }),
);

/** @throws HeldItemError when the item is not one of ours; a person has to look at it. */
export function readHeldItem(item: unknown): HeldCertificate {
  const parsed = itemSchema().safeParse(item);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new HeldItemError(`a held certificate cannot be read at ${issue?.path.join('.') ?? 'its root'}`, {
      code: 'HELD_CERTIFICATE_UNREADABLE',
      retryable: false,
      data: { item },
      cause: parsed.error,
    });
  }
  const { step, caCertificateId, commonName, notifiedReason, ...held } = parsed.data;
  return {
    ...held,
    ...(step === undefined ? {} : { step }),
    ...(caCertificateId === undefined ? {} : { caCertificateId }),
    ...(commonName === undefined ? {} : { commonName }),
    ...(notifiedReason === undefined ? {} : { notifiedReason }),
  };
}

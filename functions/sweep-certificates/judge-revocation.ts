import type { CrlEntry } from '../../shared/x509/crl.ts';
import { CERTIFICATE_HOLD } from '../../shared/x509/revocation.ts';

/** What the sweep has done because of a list, as it remembers it. */
export interface Withdrawal {
  /** For good, or until the CA takes the certificate from hold and a person activates it again. */
  readonly kind: 'revoked' | 'on-hold';
  /** As the list says, in milliseconds since the epoch. */
  readonly revokedAtMs: number;
  /** RFC 5280 §5.3.1. */
  readonly reasonCode: number;
  /** Whether all of it is done: the certificate withdrawn, its devices cut off, and people told. */
  readonly isDone: boolean;
}

/** What is to be done about one certificate. */
export type RevocationVerdict =
  | { readonly kind: 'nothing' }
  /** It is withdrawn, or what a sweep that ended in between has begun is done to its end. */
  | { readonly kind: 'withdraw'; readonly withdrawal: Withdrawal }
  /** The CA has taken it from hold. It stays INACTIVE, because a person may have wanted that too; people are told. */
  | { readonly kind: 'hold-ended' }
  /** A person has activated it again, or it was registered anew: what is remembered means nothing any more. */
  | { readonly kind: 'forget' };

const NOTHING: RevocationVerdict = { kind: 'nothing' };

/**
 * Decides by the list of its CA what is done about a certificate.
 *
 *                          not listed             on hold              listed for good    nobody can say
 *     ACTIVE               nothing, or forget     withdraw: INACTIVE   withdraw: REVOKED  nothing
 *     ACTIVE, held before  forget                 nothing: a person    withdraw: REVOKED  nothing
 *     INACTIVE             nothing                nothing              withdraw: REVOKED  nothing
 *     INACTIVE, held       hold ended             nothing              withdraw: REVOKED  nothing
 *     REVOKED              nothing                nothing              nothing            nothing
 *     begun, not done      withdraw, or forget    ──────── withdraw: it is done to its end ────────
 *
 * PENDING_ACTIVATION is left to its activation, and nothing leads out of PENDING_TRANSFER.
 *
 * @param entry undefined: it is not on the list; `unknown`: there is no list that counts now, which revokes nobody
 */
export function judgeRevocation(
  status: string,
  remembered: Withdrawal | undefined,
  entry: CrlEntry | undefined | 'unknown',
): RevocationVerdict {
  const isListed = entry !== undefined && entry !== 'unknown';
  const isForGood = isListed && entry.reasonCode !== CERTIFICATE_HOLD;
  if (isForGood && (status === 'ACTIVE' || status === 'INACTIVE')) return withdraw('revoked', entry);
  if (remembered !== undefined && !remembered.isDone) {
    // It is still ACTIVE and not on the list any more: nothing was done yet, and now there is no reason to.
    if (status === 'ACTIVE' && entry === undefined) return { kind: 'forget' };
    return { kind: 'withdraw', withdrawal: remembered };
  }
  if (entry === 'unknown') return NOTHING;
  const wasHeld = remembered?.kind === 'on-hold';
  if (status === 'ACTIVE') {
    if (!isListed) return remembered === undefined ? NOTHING : { kind: 'forget' };
    return wasHeld ? NOTHING : withdraw('on-hold', entry);
  }
  return status === 'INACTIVE' && wasHeld && !isListed ? { kind: 'hold-ended' } : NOTHING;
}

function withdraw(kind: Withdrawal['kind'], { revokedAtMs, reasonCode }: CrlEntry): RevocationVerdict {
  return { kind: 'withdraw', withdrawal: { kind, revokedAtMs, reasonCode, isDone: false } };
}

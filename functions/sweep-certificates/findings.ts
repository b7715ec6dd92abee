import { ENDED } from './expiry.ts';
import type { Withdrawal } from './judge-revocation.ts';
import type { CertificateFacts } from './memory-items.ts';
import { timeText, type ReportedCertificate } from './report.ts';
import type { SweepServices } from './services.ts';
import { WITHDRAWN } from './withdraw.ts';

/** A certificate about which people are told something. */
export interface FoundCertificate {
  readonly certificateId: string;
  readonly caCertificateId: string;
  readonly facts: CertificateFacts;
  readonly thingNames: readonly string[];
}

/**
 * What one page of certificates has brought to light. People are told of it together, and only then is it noted that
 * they know: whatever ends in between, they are told.
 */
export class CertificateFindings {
  readonly #services: Pick<SweepServices, 'tell' | 'memory' | 'count'>;
  readonly #withdrawn: { readonly found: FoundCertificate; readonly withdrawal: Withdrawal }[] = [];
  readonly #holdEnded: FoundCertificate[] = [];
  readonly #expiring = new Map<number, FoundCertificate[]>();

  constructor(services: Pick<SweepServices, 'tell' | 'memory' | 'count'>) {
    this.#services = services;
  }

  withdrawn(found: FoundCertificate, withdrawal: Withdrawal): void {
    this.#withdrawn.push({ found, withdrawal });
  }

  holdEnded(found: FoundCertificate): void {
    this.#holdEnded.push(found);
  }

  /** @param days the warning that is due, or 0 */
  expiring(found: FoundCertificate, days: number): void {
    this.#expiring.set(days, [...(this.#expiring.get(days) ?? []), found]);
  }

  async tell(): Promise<void> {
    for (const kind of ['revoked', 'on-hold'] as const) await this.#tellWithdrawn(kind);
    await this.#tellHoldEnded();
    for (const [days, certificates] of this.#expiring) await this.#tellExpiring(days, certificates);
  }

  async #tellWithdrawn(kind: Withdrawal['kind']): Promise<void> {
    const { tell, memory } = this.#services;
    const withdrawn = this.#withdrawn.filter(({ withdrawal }) => withdrawal.kind === kind);
    if (withdrawn.length === 0) return;
    const certificates = withdrawn.map(({ found, withdrawal: { revokedAtMs, reasonCode } }) => ({
      ...reported(found),
      revokedAt: timeText(revokedAtMs),
      reasonCode,
    }));
    await tell({ reason: WITHDRAWN[kind].reason, certificates });
    for (const { found, withdrawal } of withdrawn) {
      await memory.setWithdrawal(found.certificateId, { ...withdrawal, isDone: true });
    }
  }

  async #tellHoldEnded(): Promise<void> {
    const { tell, memory } = this.#services;
    if (this.#holdEnded.length === 0) return;
    await tell({ reason: 'HOLD_ENDED', certificates: this.#holdEnded.map(reported) });
    for (const { certificateId } of this.#holdEnded) await memory.setWithdrawal(certificateId, undefined);
  }

  async #tellExpiring(days: number, found: readonly FoundCertificate[]): Promise<void> {
    const { tell, memory, count } = this.#services;
    const certificates = found.map((one) => ({
      ...reported(one),
      notAfter: timeText(one.facts.notAfterMs),
    }));
    const reason = days === ENDED ? 'CERTIFICATES_EXPIRED' : 'CERTIFICATES_EXPIRING';
    await tell({ reason, days, certificates });
    count(days === ENDED ? 'CertificateExpired' : 'CertificateExpiring', found.length);
    for (const { certificateId } of found) await memory.setWarned(certificateId, days);
  }
}

function reported({
  certificateId,
  caCertificateId,
  facts,
  thingNames,
}: FoundCertificate): ReportedCertificate {
  const { commonName } = facts;
  return {
    certificateId,
    caCertificateId,
    ...(commonName === undefined ? {} : { commonName }),
    thingNames,
  };
}

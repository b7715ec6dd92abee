import { listReadableHeld, type HeldCertificate } from '../../shared/device-registry/held-certificates.ts';
import { PAGE_SIZE, type SweepServices } from './services.ts';
import type { PageResult } from './steps.ts';

/** What was decided for good, or until a person decides otherwise. */
const DECIDED: readonly string[] = ['deactivate', 'revoke'];

/**
 * One page of the certificates that activation has not let in. Each that still waits is given to it once more, with the
 * event that AWS IoT would send if its device came back; it is only a hint there. A device that comes back is asked
 * about by itself; this is for those that have given up, and after a change of the allow-list.
 *
 * @param page the certificate after which it begins
 */
export async function askAboutHeld(services: SweepServices, page: string): Promise<PageResult> {
  const { held: table, isTimeUp, tolerate, askAgain, count } = services;
  const { certificates, unreadable, next } = await listReadableHeld(table, {
    limit: services.settings.pageSize ?? PAGE_SIZE,
    ...(page === '' ? {} : { after: page }),
  });
  if (unreadable.length > 0) count('HeldUnreadable', unreadable.length);
  for (const held of certificates) {
    // One that no CA of this account has signed waits for nothing that could change here.
    const { certificateId, caCertificateId } = held;
    if (caCertificateId === undefined || !isWaiting(held)) continue;
    if (isTimeUp()) return { isCut: true };
    await tolerate(`held certificate ${certificateId}`, () => askAgain(certificateId, caCertificateId));
    count('ActivationAskedAgain');
  }
  return next === undefined ? {} : { next };
}

/** Whether its activation has something left to do: it may go on, or people have still to be told of its end. */
export function isWaiting({ action, reason, notifiedReason }: HeldCertificate): boolean {
  return !DECIDED.includes(action) || notifiedReason !== reason;
}

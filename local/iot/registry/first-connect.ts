import { readCertificate, type Certificate } from '../x509/certificate.ts';
import { findIssuers } from '../x509/chain.ts';
import { CertificateError } from '../x509/errors.ts';
import { validityProblem } from '../x509/validity.ts';
import type { RegistrationConfig } from './cas-store.ts';
import { registerPending } from './certificates.ts';
import type { CertificateRecord } from './certificates-store.ts';
import type { SecurityContext } from './security-context.ts';

/** What follows from a CONNECT that was refused. */
export interface FirstConnect {
  /** To be published for whoever activates devices. Its payload is JSON. */
  readonly event?: { readonly topic: string; readonly payload: string };
  /** Why a certificate that is not known stays so, as words that follow "the certificate". */
  readonly problem?: string;
}

/**
 * Just-in-time registration. To be called for a CONNECT (never for a handshake alone) with a certificate that is
 * not ACTIVE; the connection is closed in any case, without CONNACK.
 *
 *   not known, signed by a CA that is ACTIVE with auto registration ──> stored PENDING_ACTIVATION, first event
 *   not known, signed by any other CA, or by none                   ──> nothing
 *   PENDING_ACTIVATION                                              ──> the event again, now with the time
 *   any other status                                                ──> nothing
 *   the certificate, or that CA, does not hold at this time         ──> nothing
 *
 * Events of the registry's configurations do not turn this one off.
 */
export function registerAtFirstConnect(context: SecurityContext, der: Uint8Array): FirstConnect {
  const certificate = readOrNothing(der);
  if (certificate === undefined) return { problem: 'cannot be read' };
  const nowMs = context.clock.now();
  const known = context.certificates.find(certificate.certificateId);
  const problem = validityProblem(certificate, nowMs);
  if (known !== undefined) {
    const isWaiting = known.status === 'PENDING_ACTIVATION' && problem === undefined;
    return isWaiting ? { event: eventOf(context, known, true) } : {};
  }
  if (problem !== undefined) return { problem };
  // A CA that has been certified more than once signs for the one that was registered first.
  const [ca] = findIssuers(certificate, context.cas.findBySubject(certificate.issuerKey)).filter(
    ({ isActive, isAutoRegistration, mode, certificate: of }) =>
      isActive && isAutoRegistration && mode === 'DEFAULT' && validityProblem(of, nowMs) === undefined,
  );
  if (ca === undefined) {
    return {
      problem: 'is signed by no CA that is registered, ACTIVE, valid, and has its automatic registration on',
    };
  }
  const registered = registerPending(context, certificate, ca);
  const event = eventOf(context, registered, false);
  provisionBy(context, registered, ca.registrationConfig);
  return { event };
}

function eventOf(context: SecurityContext, certificate: CertificateRecord, isRepeated: boolean) {
  const { certificateId, createdAtMs } = certificate;
  const caCertificateId = certificate.caCertificateId ?? null;
  return {
    topic: `$aws/events/certificates/registered/${caCertificateId}`,
    payload: JSON.stringify({
      certificateId,
      caCertificateId,
      timestamp: context.clock.now(),
      certificateStatus: 'PENDING_ACTIVATION',
      awsAccountId: context.accountId,
      // AWS gives null the first time, and the time in milliseconds as a text each time after it.
      certificateRegistrationTimestamp: isRepeated ? String(createdAtMs) : null,
    }),
  };
}

function provisionBy(
  { provision }: SecurityContext,
  { certificateId }: CertificateRecord,
  config: RegistrationConfig | undefined,
): void {
  if (provision === undefined || config === undefined) return;
  if ((config.templateBody ?? config.templateName) !== undefined) provision(certificateId, config);
}

/** A device may send anything; what is no certificate registers nothing. */
function readOrNothing(der: Uint8Array): Certificate | undefined {
  try {
    return readCertificate(der);
  } catch (thrown) {
    if (thrown instanceof CertificateError) return undefined;
    throw thrown;
  }
}

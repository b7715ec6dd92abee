import { readHeldCertificate } from '../../shared/device-registry/held-certificates.ts';
import { readDevice } from '../../shared/device-registry/read-devices.ts';
import type { KeptCa } from './ca-directory.ts';
import { lookUpFacts } from './certificate-facts.ts';
import { dueWarning } from './expiry.ts';
import { CertificateFindings } from './findings.ts';
import { judgeRevocation } from './judge-revocation.ts';
import type { CertificateFacts, RememberedCertificate } from './memory-items.ts';
import type { ListedCertificate } from './registry.ts';
import type { SweepServices } from './services.ts';
import type { PageResult } from './steps.ts';
import { withdraw } from './withdraw.ts';

/** One certificate as a step has it before it. */
interface Looked {
  readonly listed: ListedCertificate;
  readonly ca: KeptCa;
  readonly remembered: RememberedCertificate;
}

/**
 * One page of the certificates of one CA, as AWS IoT's registry lists them: those that activation has brought, and all
 * others that the CA has signed too, such as the one that a device had before its rotation.
 *
 * @param page `<caCertificateId> <marker>`; empty: the first page of the first CA
 */
export async function lookAtCertificates(services: SweepServices, page: string): Promise<PageResult> {
  const { cas, registry, memory, isTimeUp, tolerate } = services;
  const caIds = await cas.ids();
  const [pageOfCa = '', pageMarker = ''] = page.split(' ');
  // The CA may have gone since the page was named: then it is the next one's turn, from its first page on.
  const caCertificateId = caIds.find((id) => id >= pageOfCa);
  if (caCertificateId === undefined) return {};
  const marker = caCertificateId === pageOfCa ? pageMarker : '';
  const followingCa = caIds.find((id) => id > caCertificateId);
  const afterCa = followingCa === undefined ? {} : { next: followingCa };
  const ca = await cas.find(caCertificateId);
  if (ca === undefined) return afterCa;

  const { certificates, next } = await registry.certificatesOf(caCertificateId, marker);
  const remembered = await memory.certificates(certificates.map(({ certificateId }) => certificateId));
  const findings = new CertificateFindings(services);
  let isCut = false;
  for (const listed of certificates) {
    isCut = isTimeUp();
    if (isCut) break;
    const looked = { listed, ca, remembered: remembered.get(listed.certificateId) ?? {} };
    await tolerate(`certificate ${listed.certificateId}`, () => lookAt(looked, findings, services));
  }
  await findings.tell();
  if (isCut) return { isCut };
  return next === undefined ? afterCa : { next: `${caCertificateId} ${next}` };
}

async function lookAt(looked: Looked, findings: CertificateFindings, services: SweepServices): Promise<void> {
  const { listed, ca, remembered } = looked;
  const { status, certificateId } = listed;
  if (status === 'PENDING_ACTIVATION') return askAboutForgotten(certificateId, ca, services);
  // Nothing is found out about what can do nothing any more, but for what was begun and not done.
  const isUnfinished = remembered.withdrawal?.isDone === false;
  if (status !== 'ACTIVE' && status !== 'INACTIVE' && !isUnfinished) return;
  const facts = remembered.facts ?? (await lookUpFacts(certificateId, ca, services));
  if (facts === undefined) return;
  const isLeft = await lookAtRevocation(looked, facts, findings, services);
  if (isLeft && status === 'ACTIVE') await lookAtExpiry(looked, facts, findings, services);
}

/**
 * A certificate that waits for its activation, and of which the activation has left no note: it has ended too early to
 * write one. The notes are gone through in a step of their own.
 */
async function askAboutForgotten(certificateId: string, ca: KeptCa, services: SweepServices): Promise<void> {
  const held = await readHeldCertificate(services.held, certificateId);
  if (held === undefined) await services.askAgain(certificateId, ca.caCertificateId);
}

/** @returns whether the certificate still works, as far as this goes. */
async function lookAtRevocation(
  { listed, ca, remembered: { withdrawal } }: Looked,
  facts: CertificateFacts,
  findings: CertificateFindings,
  services: SweepServices,
): Promise<boolean> {
  const { lists, memory, registry, count } = services;
  const { certificateId, certificateArn, status } = listed;
  const found = await lists.find(ca.certificate, facts);
  if (found === 'not-named') count('RevocationUnchecked');
  const verdict = judgeRevocation(status, withdrawal, found === 'not-named' ? undefined : found);
  const subject = { certificateId, caCertificateId: ca.caCertificateId, facts };
  if (verdict.kind === 'withdraw') {
    const thingNames = await withdraw(listed, verdict.withdrawal, services);
    if (thingNames !== undefined) findings.withdrawn({ ...subject, thingNames }, verdict.withdrawal);
    return false;
  }
  if (verdict.kind === 'forget') await memory.setWithdrawal(certificateId, undefined);
  if (verdict.kind === 'hold-ended') {
    findings.holdEnded({ ...subject, thingNames: await registry.thingsOf(certificateArn) });
  }
  return true;
}

async function lookAtExpiry(
  { listed, ca, remembered }: Looked,
  facts: CertificateFacts,
  findings: CertificateFindings,
  services: SweepServices,
): Promise<void> {
  const { settings, registry, memory, devices, now } = services;
  const { certificateId, certificateArn } = listed;
  const { warnedDays } = remembered;
  const known = { notAfterMs: facts.notAfterMs, ...(warnedDays === undefined ? {} : { warnedDays }) };
  const days = dueWarning(known, settings.expiryWarningDays, now());
  if (days === undefined) return;
  const thingNames = await registry.thingsOf(certificateArn);
  const found = await Promise.all(thingNames.map((thingName) => readDevice(devices, thingName)));
  const isReplaced = found.length > 0 && found.every((device) => isOfAnother(device, certificateId));
  // A device that has a new certificate does not miss the old one.
  if (isReplaced) return memory.setWarned(certificateId, days);
  findings.expiring({ certificateId, caCertificateId: ca.caCertificateId, facts, thingNames }, days);
}

function isOfAnother(device: { readonly certificateId: string } | undefined, certificateId: string): boolean {
  return device !== undefined && device.certificateId !== certificateId;
}

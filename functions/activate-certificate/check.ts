import { known, type Activation } from './activation.ts';
import { checkCertificate } from './certificate-checks.ts';
import { readOrUndefined } from './look-up.ts';
import { deriveThingName } from './thing-name.ts';
import type { Verdict } from './verdict.ts';

/** Step 5. */
export function checkCertificateItself(activation: Activation): Verdict | undefined {
  const { services, facts } = activation;
  const certificate = readOrUndefined(known(activation, 'registered').certificatePem);
  if (certificate === undefined) {
    return { kind: 'deactivate', reason: 'UNREADABLE', detail: 'it is not a certificate that can be read' };
  }
  facts.certificate = certificate;
  const verdict = checkCertificate(certificate, known(activation, 'ca'), services.now());
  if (verdict !== undefined) return verdict;
  const [commonName] = certificate.commonNames;
  if (commonName !== undefined) facts.commonName = commonName;
  return undefined;
}

/** Step 6. @throws RevocationUnavailableError: an outage is no revocation, and no clearance either */
export async function checkRevocation(activation: Activation): Promise<Verdict | undefined> {
  const { services } = activation;
  const found = await services.checkRevocation(known(activation, 'certificate'), known(activation, 'ca'));
  if (found.status === 'good') return undefined;
  if (found.status === 'unchecked') {
    services.count('RevocationUnchecked');
    return undefined;
  }
  const { by, revokedAtMs, reasonCode } = found;
  const detail = `${by} since ${new Date(revokedAtMs).toISOString()}, reason ${reasonCode}`;
  // Its CA may take it back from hold, and REVOKED cannot be taken back.
  if (found.status === 'on-hold') return { kind: 'hold', reason: 'ON_HOLD_BY_CA', detail };
  return { kind: 'revoke', reason: 'REVOKED_BY_CA', detail };
}

/** Step 7. Of a device that has connected step 4 may have asked already. */
export async function checkAllowList(activation: Activation): Promise<Verdict | undefined> {
  const { services, facts } = activation;
  const { certificateId } = known(activation, 'event');
  const commonName = known(activation, 'commonName');
  const listed = facts.listed ?? (await services.findInAllowList(certificateId, commonName));
  if (listed === undefined) {
    if (facts.isLetInByTemplate === true) return undefined;
    // Not guilty: the list may just be late. The device comes back, and the sweep looks again too.
    return { kind: 'hold', reason: 'UNKNOWN_DEVICE', detail: `"${commonName}" is not in the allow-list` };
  }
  if (listed.decision === 'deny') {
    return {
      kind: 'revoke',
      reason: 'DENIED',
      detail: listed.reason ?? `"${commonName}" is denied by the allow-list`,
    };
  }
  facts.listed = listed;
  return undefined;
}

/** Step 8. */
export function nameThing(activation: Activation): Verdict | undefined {
  const { services, facts } = activation;
  const commonName = known(activation, 'commonName');
  const thingName = deriveThingName(services.settings.thingNameTemplate, commonName);
  if (thingName === undefined) {
    return {
      kind: 'deactivate',
      reason: 'BAD_NAME',
      detail: `no thing can have the name of "${commonName}"`,
    };
  }
  facts.thingName = thingName;
  return undefined;
}

import { HOLD_REASONS, type HoldReason } from '../../shared/device-registry/activation-steps.ts';
import type { HeldCertificate } from '../../shared/device-registry/held-certificates.ts';

/** What advice needs to be something that can be pasted. */
export interface AdviceNames {
  /** The table with the devices that are let in. */
  readonly allowListTable: string;
}

const COMES_BACK = 'The device connects again by itself, and is activated then.';
const NEW_CERTIFICATE = 'The device needs another certificate: this one cannot become right.';

/** What to do about each reason that a certificate is held for. */
const ADVICE: Readonly<Record<HoldReason, (held: HeldCertificate, names: AdviceNames) => readonly string[]>> =
  {
    NO_CA: () => ['Register the CA that has signed it, or bring the device in by `npx glasshouse onboard`.'],
    CA_NOT_ACCEPTED: () => [
      'Add the CA to ACCEPTED_CAS (the parameter acceptedCas of the deployment), if its devices are to be let in.',
      COMES_BACK,
    ],
    CA_NOT_ACTIVE: ({ caCertificateId = 'CA' }) => [
      `aws iot update-ca-certificate --certificate-id ${caCertificateId} --new-status ACTIVE`,
      COMES_BACK,
    ],
    LEFT_TO_TEMPLATE: () => [
      'Wait a minute: AWS IoT runs the template of its CA. If it stays so, the template cannot do it: see its error in',
      'the logs of AWS IoT, or allow the device by the allow-list, and it is activated in place of the template.',
    ],
    UNREADABLE: () => [NEW_CERTIFICATE],
    WRONG_ISSUER: () => [
      'Another CA of the same name has signed it: register that one.',
      'Nobody has to trust a certificate that its CA has not signed.',
    ],
    WEAK_SIGNATURE: () => [NEW_CERTIFICATE, 'Sign it with SHA-256 or more.'],
    IS_A_CA: () => [NEW_CERTIFICATE, 'A device has a certificate of its own, without CA:TRUE.'],
    EXPIRED: () => [NEW_CERTIFICATE],
    NOT_YET_VALID: () => ['Wait until it begins, or look at the clock of whoever has signed it.', COMES_BACK],
    WEAK_KEY: () => [NEW_CERTIFICATE, 'Use RSA from 2,048 bits on, or P-256, P-384 or P-521.'],
    WRONG_PURPOSE: () => [
      NEW_CERTIFICATE,
      'Its extended key usage has to have clientAuth, or not to be there.',
    ],
    BAD_NAME: () => [
      NEW_CERTIFICATE,
      'It has to have one common name, of letters, digits, ":", "_" and "-": it becomes the name of the thing.',
    ],
    REVOKED_BY_CA: () => [
      'Its CA has revoked it: that is for good. The device needs another certificate with another serial number.',
    ],
    ON_HOLD_BY_CA: () => ['Ask whoever runs the CA to take it off hold.', COMES_BACK],
    UNKNOWN_DEVICE: ({ certificateId, commonName }, { allowListTable }) => [
      'If you know the device, let it in:',
      `aws dynamodb put-item --table-name ${allowListTable} --item '${JSON.stringify({
        listing: { S: commonName === undefined ? `certificate/${certificateId}` : `name/${commonName}` },
        decision: { S: 'allow' },
      })}'`,
      COMES_BACK,
    ],
    DENIED: () => [
      'Somebody has denied it in the allow-list, and so it was revoked for good: the device needs another certificate,',
      'and another entry.',
    ],
    NAME_COLLISION: ({ certificateId, commonName }, { allowListTable }) => [
      'Two certificates with one name would share one identity. If the device has got a new certificate, announce it in',
      `the entry name/${commonName ?? '…'} of ${allowListTable} by replacesCertificateId, and make this one PENDING again by`,
      `deleting it: aws iot delete-certificate --certificate-id ${certificateId}`,
      'If it is another device, it needs another common name.',
    ],
    FORMERLY_INACTIVE: ({ commonName = 'THING' }) => [
      `Somebody has taken the device out of use (npx glasshouse devices ${commonName}). If that is over, delete its item in`,
      'the table of devices, and this certificate; the device then registers itself anew.',
    ],
    FORMERLY_REVOKED: () => ['The device was revoked with this certificate: it needs another one.'],
  };

function isKnown(reason: string): reason is HoldReason {
  return HOLD_REASONS.some((one) => one === reason);
}

/** What to do about a certificate that is held, in lines; what stands in backquotes or begins with aws can be pasted. */
export function adviceFor(held: HeldCertificate, names: AdviceNames): readonly string[] {
  if (held.action === 'retry') {
    return [
      'That says nothing about the certificate. Mend what the step says, and let the device connect again; or send the',
      'events that failed three times again: `npx glasshouse redrive failures`.',
    ];
  }
  const { reason } = held;
  return isKnown(reason) ? ADVICE[reason](held, names) : [];
}

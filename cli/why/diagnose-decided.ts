import { ACTIVATION_STEP_NAMES } from '../../shared/device-registry/activation-steps.ts';
import type { AdviceNames } from './advice.ts';
import { ofHeld, sentence, stepOf, type Diagnosis } from './diagnosis.ts';
import type { CertificateFacts } from './facts.ts';

/** Where an ACTIVE certificate stands: it may connect, and something may be missing around it. */
export function ofActive(facts: CertificateFacts, names: AdviceNames): Diagnosis {
  const { registered, held, device, namesake, ca } = facts;
  if (registered?.policyNames.length === 0) {
    return {
      state: 'stopped',
      step: stepOf('attach the policy'),
      summary: 'It is ACTIVE and has no policy: every CONNECT with it is closed.',
      next: ['Attach one, or bring the device in by `npx glasshouse onboard`.'],
    };
  }
  if (device?.state === 'ACTIVE' && device.announcedAtMs !== undefined) {
    return {
      state: 'passed',
      summary: `It went through all ${ACTIVATION_STEP_NAMES.length} steps.`,
      next: [],
    };
  }
  if (device?.state === 'ACTIVE') {
    return {
      state: 'waiting',
      step: stepOf('announce the device'),
      summary: 'It may connect. Others are told of its device when it first does.',
      next: [],
    };
  }
  if (device?.state === 'ACTIVATING') {
    return {
      state: 'waiting',
      step: stepOf('announce the device'),
      summary: 'It may connect; the activation was cut off before its device was on record as ACTIVE.',
      next: ['The next CONNECT, or `npx glasshouse onboard` again, mends the record.'],
    };
  }
  if (device !== undefined) {
    return {
      state: 'stopped',
      step: stepOf('claim the name'),
      summary: `It is ACTIVE, and its device is on record as ${device.state}: somebody has made it ACTIVE by hand.`,
      next: [
        `\`npx glasshouse devices ${device.thingName}\` tells since when. Nothing brings such a device back by itself.`,
      ],
    };
  }
  if (held !== undefined) return ofHeld(held, names);
  if (namesake !== undefined) {
    return {
      state: 'outside',
      summary: `It is ACTIVE. The device "${namesake.thingName}" is on record with another certificate: a renewal waits to be finished.`,
      next: [`\`npx glasshouse certificate renew ${namesake.thingName} --finish\``],
    };
  }
  return {
    state: 'outside',
    summary: 'It is ACTIVE, and no activation made it so: somebody did, by hand or by another way in.',
    next:
      ca?.hasTemplate === true
        ? ['Its device is put on record when it next connects.']
        : ['To have its device on record, bring it in by `npx glasshouse onboard`.'],
  };
}

/** Why a certificate is INACTIVE or REVOKED. */
export function ofEnded(facts: CertificateFacts, names: AdviceNames): Diagnosis {
  const { registered, held, device } = facts;
  const status = registered?.status ?? 'unknown';
  if (held !== undefined && (held.action === 'deactivate' || held.action === 'revoke')) {
    return { ...ofHeld(held, names), state: 'stopped' };
  }
  const wasActive = wasActivated(facts);
  const change = device?.history.findLast(({ state }) => state === status);
  // The sweep, and an activation, give a code; people give words.
  const reason = change !== undefined && CODE.test(change.reason) ? change.reason : undefined;
  return {
    state: 'stopped',
    // What was activated once has passed every step: it was ended later, and by none of them.
    ...(wasActive ? {} : { step: stepOf('judge its status') }),
    summary:
      (wasActive
        ? `It was activated, and made ${status} later, which no event takes back.`
        : `It is ${status}, and no event takes that back.`) + ` ${byWhom(facts, change?.reason)}.`,
    ...(reason === undefined ? {} : { reason }),
    next:
      status === 'REVOKED'
        ? ['That is for good: the device needs another certificate.']
        : [
            `If that is over: aws iot update-certificate --certificate-id ${facts.certificateId} --new-status ACTIVE`,
          ],
  };
}

/** Whether the record of its device tells that the certificate was in use. */
function wasActivated({ certificateId, device, namesake }: CertificateFacts): boolean {
  if (device?.announcedAtMs !== undefined) return true;
  const history = [...(device?.history ?? []), ...(namesake?.history ?? [])];
  return (
    device?.state === 'ACTIVE' ||
    history.some((change) => change.state === 'ACTIVE' && change.certificateId === certificateId)
  );
}

const CODE = /^[A-Z_]+$/;

function byWhom({ namesake }: CertificateFacts, reason: string | undefined): string {
  if (namesake !== undefined) return `The device "${namesake.thingName}" has another certificate now`;
  if (reason === undefined) return 'Somebody has made it so by hand';
  return CODE.test(reason) ? 'Its device is on record so, too' : sentence(reason);
}

import type { AdviceNames } from './advice.ts';
import { ofActive, ofEnded } from './diagnose-decided.ts';
import { numbered, ofHeld, stepOf, type Diagnosis } from './diagnosis.ts';
import { isOrWas, type CertificateFacts, type RegisteredCa } from './facts.ts';

/**
 * Says where a certificate stands: what the registry says of it comes first, and what was noted explains it.
 *
 * @param cas all CAs that are registered: for a certificate of which nobody knows anything
 */
export function diagnose(
  facts: CertificateFacts,
  names: AdviceNames,
  cas: readonly RegisteredCa[] = [],
): Diagnosis {
  const { registered, held } = facts;
  if (registered === undefined) return ofUnregistered(facts, cas);
  switch (registered.status) {
    case 'PENDING_ACTIVATION':
      return held === undefined ? ofUnseen(facts) : ofHeld(held, names);
    case 'ACTIVE':
      return ofActive(facts, names);
    case 'INACTIVE':
    case 'REVOKED':
      return ofEnded(facts, names);
    default:
      return {
        state: 'outside',
        summary: `It is ${registered.status}: AWS IoT activates no such certificate, and neither does this function.`,
        next: [],
      };
  }
}

function ofUnregistered(facts: CertificateFacts, cas: readonly RegisteredCa[]): Diagnosis {
  const { certificateId, held, device, namesake, ca } = facts;
  if (device === undefined && namesake !== undefined && isOrWas(namesake, certificateId)) {
    return {
      state: 'stopped',
      summary:
        `It was deleted from the registry. The device "${namesake.thingName}" had it, and is on record with another ` +
        `certificate now, as ${namesake.state}.`,
      next: [`\`npx glasshouse devices ${namesake.thingName}\` tells since when.`],
    };
  }
  if (held !== undefined || device !== undefined) {
    const before =
      held === undefined ? `its device is on record as ${device?.state}` : `${held.reason}: ${held.detail}`;
    return {
      state: 'stopped',
      step: stepOf('describe the certificate'),
      summary: `It was deleted from the registry. Before that: ${before}.`,
      next:
        ca === undefined
          ? [
              'No CA that is registered has signed it: a device that connects with it is refused, and nothing noted.',
            ]
          : ['If its device connects again, it registers itself anew.'],
    };
  }
  return {
    state: 'unknown',
    summary: 'Nothing is known of such a certificate: no device has connected with it, or it was deleted.',
    next: whyNobodyComes(cas),
  };
}

/** A device registers itself by a CONNECT, where a CA lets it. */
function whyNobodyComes(cas: readonly RegisteredCa[]): readonly string[] {
  const open = cas.filter(({ status, isAutoRegistration }) => status === 'ACTIVE' && isAutoRegistration);
  if (open.length > 0) {
    return [
      'A device registers itself by the CONNECT after its handshake: the handshake alone does nothing. The CA that has',
      `signed it has to be one of ${open.map(({ caCertificateId }) => caCertificateId.slice(0, 12)).join(', ')}.`,
    ];
  }
  if (cas.length === 0) return ['No CA is registered: register the one that signs the devices.'];
  return [
    'No CA lets devices register themselves now. If it is one of these that has signed the certificate:',
    ...cas.flatMap(({ caCertificateId, status, isAutoRegistration }) => {
      const why = [
        ...(status === 'ACTIVE' ? [] : [`is ${status}`]),
        ...(isAutoRegistration ? [] : ['has auto-registration off']),
      ];
      const flags = [
        ...(status === 'ACTIVE' ? [] : ['--new-status ACTIVE']),
        ...(isAutoRegistration ? [] : ['--new-auto-registration-status ENABLE']),
      ];
      return [
        `the CA ${caCertificateId.slice(0, 12)} ${why.join(' and ')}:`,
        `  aws iot update-ca-certificate --certificate-id ${caCertificateId} ${flags.join(' ')}`,
      ];
    }),
  ];
}

/** PENDING_ACTIVATION, and no activation has said anything. */
function ofUnseen({ registered, device, ca }: CertificateFacts): Diagnosis {
  const done =
    device === undefined ? stepsDone(registered?.thingNames ?? [], registered?.policyNames ?? []) : 13;
  if (done > 0) {
    return {
      state: 'waiting',
      step: numbered(done + 1),
      summary: `An activation has come this far and was cut off after step ${done}.`,
      next: ['The device connects again by itself, and the activation goes on.'],
    };
  }
  return {
    state: 'waiting',
    step: numbered(1),
    summary: 'AWS IoT has registered it, and no activation has looked at it yet.',
    next: [
      ...(ca?.hasTemplate === true
        ? ['AWS IoT provisions the devices of its CA by a template: wait a moment.']
        : []),
      'The event comes again with each CONNECT. If it stays so: `npx glasshouse logs` tells whether the rule has run, and',
      '`npx glasshouse redrive failures --dry-run` what has failed three times.',
    ],
  };
}

/** How many steps have left something behind. */
function stepsDone(thingNames: readonly string[], policyNames: readonly string[]): number {
  if (policyNames.length > 0) return 12;
  return thingNames.length > 0 ? 10 : 0;
}

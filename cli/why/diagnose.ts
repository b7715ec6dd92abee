import type { AdviceNames } from './advice.ts';
import { ofActive, ofEnded } from './diagnose-decided.ts';
import { numbered, ofHeld, stepOf, type Diagnosis } from './diagnosis.ts';
import type { CertificateFacts, RegisteredCa } from './facts.ts';

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

function ofUnregistered({ held, device, ca }: CertificateFacts, cas: readonly RegisteredCa[]): Diagnosis {
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
              'Its CA is not registered any more: a device that connects with it is refused, and nothing noted.',
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
  return cas.map(({ caCertificateId, status, isAutoRegistration }) =>
    status === 'ACTIVE'
      ? `The CA ${caCertificateId} has auto-registration ${isAutoRegistration ? 'on' : 'off'}: turn it on.`
      : `The CA ${caCertificateId} is ${status}: make it ACTIVE.`,
  );
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
      'The event comes again with each CONNECT. If it stays so: `glasshouse logs` tells whether the rule has run, and',
      '`glasshouse redrive failures --dry-run` what has failed three times.',
    ],
  };
}

/** How many steps have left something behind. */
function stepsDone(thingNames: readonly string[], policyNames: readonly string[]): number {
  if (policyNames.length > 0) return 12;
  return thingNames.length > 0 ? 10 : 0;
}

import type { Activation } from './activation.ts';
import { checkAllowList, checkCertificateItself, checkRevocation, nameThing } from './check.ts';
import { checkCa, describeCertificate, judgeStatus, readEvent } from './look-up.ts';
import { attachPolicy, attachThing, createThing, joinGroup } from './provision.ts';
import { activateCertificate, announce, claimName } from './record.ts';
import type { Verdict } from './verdict.ts';

export interface ActivationStep {
  /** One of ACTIVATION_STEP_NAMES. */
  readonly name: string;
  /** Answers with a verdict when the activation ends here, and throws when it cannot be done at the moment. */
  readonly run: (activation: Activation) => Promise<Verdict | undefined> | Verdict | undefined;
}

/**
 * The steps of an activation, in their order. Each may be done again after any of them was done.
 *
 * What decides it is that the certificate becomes ACTIVE last but one. Until then it is PENDING_ACTIVATION and can
 * authenticate nowhere, so that an activation may be cut off between any two steps and leaves nothing that works by
 * half: the device comes back, AWS IoT sends the event again, and the steps find what is done already. Activating
 * earlier would leave an ACTIVE certificate without its policy, or without its thing, after a crash. All that it
 * costs is that the device connects once more, which it has to do anyway.
 *
 * Before that: what costs nothing comes before calls, and what asks comes before what changes anything.
 */
export const ACTIVATION_STEPS: readonly ActivationStep[] = [
  // 1. Whoever may invoke the function may make events up: what is not one of this account ends here.
  { name: 'read the event', run: readEvent },
  // 2. Events are doubled, late and out of order. They only point; this tells.
  { name: 'describe the certificate', run: describeCertificate },
  // 3. INACTIVE and REVOKED were somebody's decision, which no event takes back. ACTIVE is only mended.
  { name: 'judge its status', run: judgeStatus },
  // 4. The rule hears the events of all CAs, and a CA may have been withdrawn since the event was queued.
  // Of a device that has connected: is it one of these at all? Nothing is noted, told or revoked before that is known.
  { name: 'check its CA', run: checkCa },
  // 5. No calls, and it needs the CA: only a certificate that its CA has signed may say where to ask in step 6.
  { name: 'check the certificate', run: checkCertificateItself },
  // 6. Before the allow-list: what its CA has revoked is revoked, whoever knows the device.
  { name: 'check its revocation', run: checkRevocation },
  // 7. The last question, and the one that most often has to be asked again later.
  { name: 'check the allow-list', run: checkAllowList },
  // 8. The name is the client id too, which the shared policy compares it with.
  { name: 'name the thing', run: nameThing },
  // 9. The first change. A thing of that name may be there: whose it is decides.
  { name: 'create the thing', run: createThing },
  // 10. Thing variables in the policy are empty without it.
  { name: 'attach the thing', run: attachThing },
  // 11. Groups may carry policies too.
  { name: 'join the thing group', run: joinGroup },
  // 12. One policy for all devices, made by the deployment: nothing to create here, so nothing to race for.
  { name: 'attach the policy', run: attachPolicy },
  // 13. The one write that two certificates with one name cannot both do. After what can be undone, before what counts.
  { name: 'claim the name', run: claimName },
  // 14. From here on the device may connect.
  { name: 'activate the certificate', run: activateCertificate },
  // 15. What cannot be undone at all: others are told.
  { name: 'announce the device', run: announce },
];

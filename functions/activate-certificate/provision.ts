import { known, type Activation } from './activation.ts';
import { ActivationError } from './activation-error.ts';
import { decideOwnership } from './ownership.ts';
import type { Verdict } from './verdict.ts';

/**
 * Step 9. A thing's attributes tell its certificate, so that a thing that is there with the same attributes is this
 * device's own and needs no second look. Type and billing group come with the thing: two calls fewer than after it.
 */
export async function createThing(activation: Activation): Promise<Verdict | undefined> {
  const { services, facts } = activation;
  const { controlPlane, settings } = services;
  const { listed } = facts;
  const { certificateArn } = known(activation, 'registered');
  const thingName = known(activation, 'thingName');
  const attributes = attributesOf(activation);
  const answer = await orMissing(
    `the thing type or billing group of "${thingName}"`,
    'create the thing',
    () =>
      controlPlane.createThing({
        thingName,
        attributes,
        thingTypeName: listed?.thingTypeName ?? settings.thingTypeName,
        billingGroupName: listed?.billingGroupName ?? settings.billingGroupName,
      }),
  );
  if (answer === 'there') return undefined;
  const replaces = listed?.replacesCertificateId;
  const replaced = replaces === undefined ? undefined : arnBeside(certificateArn, replaces);
  const principals = await controlPlane.principalsOf(thingName);
  const ownership = decideOwnership(principals, certificateArn, replaced);
  if (ownership === 'collision') {
    const detail = `the thing "${thingName}" belongs to ${principals.join(', ')}`;
    return { kind: 'deactivate', reason: 'NAME_COLLISION', detail };
  }
  if (ownership === 'rotation') {
    await controlPlane.updateThing(thingName, attributes);
    facts.isRotation = true;
  }
  // A template knows the subject of the certificate, and not its serial number or its CA.
  if (ownership === 'mine' && facts.isLetInByTemplate === true) {
    const taken = await controlPlane.updateThing(thingName, attributes);
    if (taken === 'refused') services.count('AttributesRefused');
  }
  return undefined;
}

/** Step 10. */
export async function attachThing(activation: Activation): Promise<undefined> {
  const { certificateArn } = known(activation, 'registered');
  await activation.services.controlPlane.attachToThing(known(activation, 'thingName'), certificateArn);
}

/** Step 11. A device that gets a new certificate is in its groups already. */
export async function joinGroup(activation: Activation): Promise<undefined> {
  const { services, facts } = activation;
  const { controlPlane, settings } = services;
  const thingGroupName = facts.listed?.thingGroupName ?? settings.thingGroupName;
  if (thingGroupName === undefined || facts.isRotation === true) return;
  const answer = await controlPlane.addToGroup(known(activation, 'thingName'), thingGroupName);
  if (answer === 'missing') throw missing(`the thing group "${thingGroupName}"`, 'join the thing group');
}

/** Step 12. */
export async function attachPolicy(activation: Activation): Promise<undefined> {
  const { controlPlane, settings } = activation.services;
  const { policyName } = settings;
  const { certificateArn } = known(activation, 'registered');
  const answer = await controlPlane.attachPolicy(policyName, certificateArn);
  if (answer === 'missing') throw missing(`the policy "${policyName}"`, 'attach the policy');
}

/** Three, as many as a thing without a type may have; all of them facts that stay the same in every replay. */
function attributesOf(activation: Activation): Record<string, string> {
  const { certificateId, serialNumber } = known(activation, 'certificate');
  return { certificateId, serialNumber, caCertificateId: known(activation, 'caCertificateId') };
}

/** The ARN of another certificate of the same account and region. */
function arnBeside(certificateArn: string, certificateId: string): string {
  return certificateArn.replace(/[^/]+$/, certificateId);
}

async function orMissing<Answer>(what: string, step: string, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException')
      throw missing(what, step, error);
    throw error;
  }
}

/** What the deployment makes is not there: nothing about the device. Once it is there, the same event works. */
function missing(what: string, step: string, cause?: unknown): ActivationError {
  return new ActivationError(
    `${what} does not exist: deploy it, or correct the settings of activate-certificate`,
    {
      code: 'CONFIGURATION_MISSING',
      retryable: true,
      step,
      cause,
    },
  );
}

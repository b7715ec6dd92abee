/**
 * The steps of an activation by their names, in their order: functions/activate-certificate/steps.ts does them and
 * says why they are in this order, and whoever reads what an activation left behind finds in here where that was.
 */
export const ACTIVATION_STEP_NAMES = [
  'read the event',
  'describe the certificate',
  'judge its status',
  'check its CA',
  'check the certificate',
  'check its revocation',
  'check the allow-list',
  'name the thing',
  'create the thing',
  'attach the thing',
  'join the thing group',
  'attach the policy',
  'claim the name',
  'activate the certificate',
  'announce the device',
] as const;

export type ActivationStepName = (typeof ACTIVATION_STEP_NAMES)[number];

/** Which step has that name, from 1 on; undefined when none has. */
export function activationStepNumber(name: string): number | undefined {
  const index = ACTIVATION_STEP_NAMES.findIndex((one) => one === name);
  return index === -1 ? undefined : index + 1;
}

/**
 * Why a certificate was not activated, each a code that stays the same: it stands in the table of held certificates
 * and in what people are told. What to do about each is said by `glasshouse why`.
 */
export const HOLD_REASONS = [
  // Step 4.
  'NO_CA',
  'CA_NOT_ACCEPTED',
  'CA_NOT_ACTIVE',
  'LEFT_TO_TEMPLATE',
  // Step 5.
  'UNREADABLE',
  'WRONG_ISSUER',
  'WEAK_SIGNATURE',
  'IS_A_CA',
  'EXPIRED',
  'NOT_YET_VALID',
  'WEAK_KEY',
  'WRONG_PURPOSE',
  // Steps 5 and 8.
  'BAD_NAME',
  // Step 6.
  'REVOKED_BY_CA',
  'ON_HOLD_BY_CA',
  // Step 7.
  'UNKNOWN_DEVICE',
  'DENIED',
  // Steps 9 and 13.
  'NAME_COLLISION',
  'FORMERLY_INACTIVE',
  'FORMERLY_REVOKED',
] as const;

export type HoldReason = (typeof HOLD_REASONS)[number];

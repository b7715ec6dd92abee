import { isRepair, type Activation, type ActivationServices } from './activation.ts';
import { activationErrorOf } from './activation-error.ts';
import { conclude } from './conclude.ts';
import { ACTIVATION_STEPS, type ActivationStep } from './steps.ts';
import type { Verdict } from './verdict.ts';

/** How an activation has ended. */
export interface ActivationResult {
  readonly outcome: 'activated' | 'repaired' | Verdict['kind'];
  readonly certificateId?: string;
  readonly thingName?: string;
  /** The step that decided, where it was not the last. */
  readonly step?: string;
  readonly reason?: string;
}

/**
 * Takes an event through the steps.
 *
 * @throws RejectedInputError for an event that can never work; ActivationError for a step that cannot be done now
 */
export async function activate(
  message: unknown,
  services: ActivationServices,
  steps: readonly ActivationStep[] = ACTIVATION_STEPS,
): Promise<ActivationResult> {
  const activation: Activation = { message, services, facts: {} };
  for (const { name, run } of steps) {
    try {
      const verdict = await run(activation);
      if (verdict === undefined) continue;
      await conclude(activation, verdict);
      const reason = 'reason' in verdict ? { reason: verdict.reason } : {};
      return { outcome: verdict.kind, ...subject(activation), step: name, ...reason };
    } catch (error) {
      throw activationErrorOf(error, name);
    }
  }
  services.count(isRepair(activation) ? 'DeviceRepaired' : 'DeviceActivated');
  return { outcome: isRepair(activation) ? 'repaired' : 'activated', ...subject(activation) };
}

function subject({ facts }: Activation): Pick<ActivationResult, 'certificateId' | 'thingName'> {
  const { event, thingName } = facts;
  return {
    ...(event === undefined ? {} : { certificateId: event.certificateId }),
    ...(thingName === undefined ? {} : { thingName }),
  };
}

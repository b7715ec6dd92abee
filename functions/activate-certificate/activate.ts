import { isRepair, type Activation, type ActivationServices } from './activation.ts';
import { ActivationError, activationErrorOf } from './activation-error.ts';
import { conclude, noteFailure } from './conclude.ts';
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
    let verdict: Verdict | undefined;
    try {
      verdict = await run(activation);
    } catch (error) {
      const failure = activationErrorOf(error, name);
      if (failure instanceof ActivationError) await noteFailure(activation, failure);
      throw failure;
    }
    if (verdict === undefined) continue;
    try {
      await conclude(activation, verdict, name);
    } catch (error) {
      throw activationErrorOf(error, name);
    }
    const reason = 'reason' in verdict ? { reason: verdict.reason } : {};
    return { outcome: verdict.kind, ...subject(activation), step: name, ...reason };
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

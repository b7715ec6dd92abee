import {
  ACTIVATION_STEP_NAMES,
  activationStepNumber,
} from '../../shared/device-registry/activation-steps.ts';
import type { HeldCertificate } from '../../shared/device-registry/held-certificates.ts';
import { adviceFor, type AdviceNames } from './advice.ts';

/** Where a certificate stands on its way through the activation. */
export interface Diagnosis {
  /** `passed`: all steps are done. `outside`: no activation has ever looked at it, or has to. */
  readonly state: 'passed' | 'waiting' | 'stopped' | 'outside' | 'unknown';
  /** The step that it waits at, or was stopped by, from 1 to 15. */
  readonly step?: { readonly number: number; readonly name: string };
  /** What has happened, in a sentence. */
  readonly summary: string;
  /** A code that stays the same. */
  readonly reason?: string;
  /** What to do next. */
  readonly next: readonly string[];
}

/** What an activation has noted, and what to do about it. */
export function ofHeld(held: HeldCertificate, names: AdviceNames): Diagnosis {
  const { reason, detail, action, step } = held;
  const isWaiting = action === 'retry' || action === 'wait' || action === 'hold';
  return {
    state: isWaiting ? 'waiting' : 'stopped',
    ...(step === undefined ? {} : { step: stepOf(step) }),
    summary: action === 'retry' ? `A step could not be done: ${detail}.` : `${sentence(detail)}.`,
    reason,
    next: adviceFor(held, names),
  };
}

/** A step by its name. */
export function stepOf(name: string): { readonly number: number; readonly name: string } {
  return { number: activationStepNumber(name) ?? 0, name };
}

/** A step by its number, from 1 on. */
export function numbered(number: number): { readonly number: number; readonly name: string } {
  return { number, name: ACTIVATION_STEP_NAMES[number - 1] ?? '' };
}

/** A clause as the beginning of a sentence. */
export function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

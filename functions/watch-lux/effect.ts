import type { NewCommand } from '../../shared/greenhouse/command.ts';

/** What people are told: each is a reason of its own, throttled for itself. */
export type NoticeKind = 'moved' | 'failed' | 'silent' | 'locked' | 'limit' | 'hold' | 'recovered';

export interface Notice {
  readonly kind: NoticeKind;
  /** What it is about: `light`, `wind`, the name of a probe. */
  readonly about: string;
  /** A sentence with the numbers. */
  readonly text: string;
  /** How many of the same were not told since the last. */
  readonly suppressed: number;
}

/** What is left to do after a decision was stored. Each may be done twice without harm. */
export type Effect =
  /** Queue it if it is not there yet, and publish it if it is still queued. */
  | { readonly kind: 'command'; readonly command: NewCommand }
  /** Nobody has ended this command, so that it is ended here. */
  | { readonly kind: 'give-up'; readonly sequence: number; readonly status: 'EXPIRED' | 'TIMED_OUT' }
  | { readonly kind: 'notice'; readonly notice: Notice };

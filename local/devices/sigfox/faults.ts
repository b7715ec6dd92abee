/** How much goes wrong between Sigfox and the door, each as a share of the callbacks. */
export interface Faults {
  /** Made twice, as where two callbacks of a device type lead to the same door. @default 0 */
  readonly duplicates: number;
  /** Answered, but for Sigfox too late: it tries again what has arrived. @default 0 */
  readonly lateAnswers: number;
  /** Held up on the way for up to ten minutes, so that newer ones overtake them. @default 0 */
  readonly disorder: number;
  /** Never reach the door, and are tried again. @default 0 */
  readonly failures: number;
  /** Downlinks that a device does not hear. @default 0 */
  readonly deaf: number;
}

export const NO_FAULTS: Faults = { duplicates: 0, lateAnswers: 0, disorder: 0, failures: 0, deaf: 0 };

/** What a repeater does, on demand, to the next `sendir` in place of what it should. */
export type Disturbance =
  /** The code leaves, and the answer gets lost. */
  | { readonly kind: 'drop-answer' }
  /** The command gets lost: no code leaves, no answer comes. */
  | { readonly kind: 'lose-command' }
  /** The answer comes so much later than the code's end. */
  | { readonly kind: 'late-answer'; readonly byMs: number }
  /** Some bytes of the answer are not what was sent. */
  | { readonly kind: 'garbled-answer' }
  /** The answer comes in pieces of one byte. */
  | { readonly kind: 'split-answer' }
  /** An error with this iTach code, and no code leaves. */
  | { readonly kind: 'error'; readonly code: string }
  /** As if another client were sending. */
  | { readonly kind: 'busy' }
  /** The connection is closed before anything leaves. */
  | { readonly kind: 'close' };

/** An answer as it goes onto the wire: its pieces are segments of their own. */
export function disturbed(answer: string, disturbance: Disturbance | undefined): readonly string[] {
  switch (disturbance?.kind) {
    case 'drop-answer':
      return [];
    case 'garbled-answer':
      // The carriage return too may be hit: half an answer is not a line.
      return [answer.replace(/[a-z,]/g, '\u007f')];
    case 'split-answer':
      return answer.split('');
    case 'late-answer':
    case 'lose-command':
    case 'error':
    case 'busy':
    case 'close':
    case undefined:
    default:
      return [answer];
  }
}

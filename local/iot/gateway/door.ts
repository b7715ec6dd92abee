import type { Authoriser } from './authoriser.ts';
import type { End } from './verdict.ts';

/** How the clients of one listener are let in. */
export interface Door {
  /** @default the gateway's own */
  readonly authoriser?: Authoriser;
  /**
   * Finds out, when the CONNECT has come, who is behind the stream: the principal, or the end of the connection.
   * @default nobody: the stream's origin says all there is
   */
  readonly admit?: (clientId: string) => Admission;
}

export type Admission = { readonly principal: string } | { readonly refused: End };

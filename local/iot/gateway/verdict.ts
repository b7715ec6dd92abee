import { reasonCodes, type ReasonCode } from './codec/reason-codes.ts';

/** Why a connection ended, in the words of AWS's lifecycle events (`disconnectReason`). */
export type DisconnectReason =
  | 'AUTH_ERROR'
  | 'CLIENT_INITIATED_DISCONNECT'
  | 'CLIENT_ERROR'
  | 'CONNECTION_LOST'
  | 'DUPLICATE_CLIENTID'
  | 'FORBIDDEN_ACCESS'
  | 'MQTT_KEEP_ALIVE_TIMEOUT'
  | 'SERVER_ERROR'
  | 'SERVER_INITIATED_DISCONNECT'
  | 'API_INITIATED_DISCONNECT'
  | 'THROTTLED';

/** The end of a connection. */
export interface End {
  readonly verdict: 'end';
  readonly reason: DisconnectReason;
  /** For the log, and for MQTT 5 clients to read: what exactly happened. */
  readonly detail: string;
  /**
   * What the client is told as far as its version has words for it. Undefined: nothing, the connection just
   * closes.
   */
  readonly code: ReasonCode | undefined;
  /** Whether MQTT 5 can answer the packet with the code instead, and leave the connection open. */
  readonly answerable: boolean;
  /** A policy does not allow it. */
  readonly byPolicy?: true;
  /** Whose certificate it was, for a connection that was never let in. */
  readonly principal?: string;
}

/** A packet that has no effect and no answer. */
export interface Ignored {
  readonly verdict: 'ignored';
  readonly detail: string;
}

/** What a step makes of a packet. `undefined`: go on with the next step. */
export type Verdict = End | Ignored | undefined;

/** What an MQTT 5 client is told where nothing more exact is known. */
const usualCodes: Readonly<Record<DisconnectReason, ReasonCode | undefined>> = {
  AUTH_ERROR: reasonCodes.notAuthorized,
  CLIENT_INITIATED_DISCONNECT: undefined,
  CLIENT_ERROR: reasonCodes.protocolError,
  CONNECTION_LOST: undefined,
  DUPLICATE_CLIENTID: reasonCodes.sessionTakenOver,
  FORBIDDEN_ACCESS: reasonCodes.notAuthorized,
  MQTT_KEEP_ALIVE_TIMEOUT: reasonCodes.keepAliveTimeout,
  SERVER_ERROR: reasonCodes.unspecifiedError,
  SERVER_INITIATED_DISCONNECT: reasonCodes.administrativeAction,
  API_INITIATED_DISCONNECT: reasonCodes.administrativeAction,
  THROTTLED: reasonCodes.quotaExceeded,
};

/** `code` stands in the place of the usual one for the reason. */
export function end(reason: DisconnectReason, detail: string, code?: ReasonCode): End {
  return { verdict: 'end', reason, detail, code: code ?? usualCodes[reason], answerable: false };
}

/** The packet breaks the protocol or a limit: MQTT 3.1.1 §4.8 asks to close the network connection. */
export function clientError(detail: string, code: ReasonCode = reasonCodes.protocolError): End {
  return end('CLIENT_ERROR', detail, code);
}

/** The end of a connection that was never let in: it closes without a word (AWS, for certificates). */
export function turnedAway(reason: DisconnectReason, detail: string, principal?: string): End {
  const whose = principal === undefined ? {} : { principal };
  return { verdict: 'end', reason, detail, code: undefined, answerable: false, ...whose };
}

/** The packet is not taken. MQTT 3.1.1 closes the connection for it, MQTT 5 can answer with the code. */
export function refused(reason: DisconnectReason, detail: string, code: ReasonCode): End {
  return { verdict: 'end', reason, detail, code, answerable: true };
}

/** The client's policy does not allow it. */
export function unauthorised(detail: string): End {
  return { ...refused('AUTH_ERROR', detail, reasonCodes.notAuthorized), byPolicy: true };
}

export function ignored(detail: string): Ignored {
  return { verdict: 'ignored', detail };
}

/** One named step of a packet's flow. */
export type Step<Call> = (call: Call) => Verdict;

/** Runs the steps in order until one of them has a verdict. */
export function runSteps<Call>(steps: readonly Step<Call>[], call: Call): Verdict {
  for (const step of steps) {
    const verdict = step(call);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

/** Why a connection ended, in the words of AWS's lifecycle events (`disconnectReason`). */
export type DisconnectReason =
  | 'CLIENT_INITIATED_DISCONNECT'
  | 'CLIENT_ERROR'
  | 'CONNECTION_LOST'
  | 'DUPLICATE_CLIENTID'
  | 'FORBIDDEN_ACCESS'
  | 'MQTT_KEEP_ALIVE_TIMEOUT'
  | 'SERVER_ERROR'
  | 'SERVER_INITIATED_DISCONNECT'
  | 'THROTTLED';

/** The end of a connection. */
export interface End {
  readonly verdict: 'end';
  readonly reason: DisconnectReason;
  /** For the log: what exactly the client did. */
  readonly detail: string;
  /** Sent in a CONNACK before the connection ends. Only for a CONNECT; AWS mostly sends none. */
  readonly returnCode?: ConnectReturnCode;
}

/** A packet that has no effect and no answer. */
export interface Ignored {
  readonly verdict: 'ignored';
  readonly detail: string;
}

/** What a step makes of a packet. `undefined`: go on with the next step. */
export type Verdict = End | Ignored | undefined;

/** MQTT 3.1.1 table 3.1; 4 and 5 are missing because AWS closes without a CONNACK there. */
export const connectReturnCodes = {
  accepted: 0,
  unacceptableProtocolVersion: 1,
  identifierRejected: 2,
} as const;
export type ConnectReturnCode = (typeof connectReturnCodes)[keyof typeof connectReturnCodes];

export function end(reason: DisconnectReason, detail: string, returnCode?: ConnectReturnCode): End {
  return returnCode === undefined
    ? { verdict: 'end', reason, detail }
    : { verdict: 'end', reason, detail, returnCode };
}

/** The packet breaks the protocol or a limit: MQTT 3.1.1 §4.8 asks to close the network connection. */
export function clientError(detail: string, returnCode?: ConnectReturnCode): End {
  return end('CLIENT_ERROR', detail, returnCode);
}

export function forbidden(detail: string): End {
  return end('FORBIDDEN_ACCESS', detail);
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

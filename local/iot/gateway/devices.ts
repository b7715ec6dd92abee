import { Buffer } from 'node:buffer';
import type { PublishMessage } from '../message.ts';
import type { Authoriser } from './authoriser.ts';
import type { Admission, Door } from './door.ts';
import { certificateIdOf } from '../x509/certificate.ts';
import { turnedAway } from './verdict.ts';

/** What the registry knows of a certificate. */
export interface DeviceIdentity {
  /** The lower-case hexadecimal SHA-256 of its DER. */
  readonly certificateId: string;
  /** AWS's word for it; only ACTIVE certificates may connect. */
  readonly status: string;
  /** Why it may not connect although it is ACTIVE, as words that follow "the certificate". */
  readonly problem?: string;
}

/** The registry, as far as the gateway needs it. Both must answer at once. */
export interface DeviceDirectory {
  /** Undefined for a certificate that is not registered. */
  identify(certificateDer: Uint8Array): DeviceIdentity | undefined;
  /**
   * Just-in-time registration: called for each CONNECT with a certificate that is not ACTIVE, known or not. It
   * decides whether the certificate is put down, and which event is published for it, if any.
   */
  registerAtFirstConnect(certificateDer: Uint8Array): {
    readonly event?: { readonly topic: string; readonly payload: string };
    /** Why nothing is put down. */
    readonly problem?: string;
  };
}

export interface DeviceDoorOptions {
  readonly directory: DeviceDirectory;
  readonly authoriser: Authoriser;
  readonly publish: PublishMessage;
  readonly uuid: () => string;
}

/** AWS shows a client id over TLS, and the address that the registration came from, to the rules. */
interface Caller {
  readonly clientId: string;
  readonly remoteAddress: string;
}

/**
 * The door of devices that show a certificate. AWS lets the TLS handshake succeed whatever the certificate, and
 * decides on the CONNECT packet: one that is not good closes the connection without a CONNACK.
 *
 * @param certificateDer of the handshake; undefined when the client showed none
 */
export function deviceDoor(
  options: DeviceDoorOptions,
  certificateDer: Uint8Array | undefined,
  remoteAddress: string,
): Door {
  return {
    authoriser: options.authoriser,
    admit: (clientId) => admit(options, certificateDer, { clientId, remoteAddress }),
  };
}

function admit(
  options: DeviceDoorOptions,
  certificateDer: Uint8Array | undefined,
  caller: Caller,
): Admission {
  if (certificateDer === undefined) {
    return { refused: turnedAway('AUTH_ERROR', 'the client showed no certificate') };
  }
  const identity = options.directory.identify(certificateDer);
  // AWS asks first whether the certificate holds, and then whether it is registered.
  if (identity?.problem !== undefined) {
    const detail = `the certificate ${identity.problem}`;
    return { refused: turnedAway('AUTH_ERROR', detail, identity.certificateId) };
  }
  if (identity?.status === 'ACTIVE') return { principal: identity.certificateId };
  const { event, problem } = options.directory.registerAtFirstConnect(certificateDer);
  if (event !== undefined) publishRegistration(options, event, caller);
  const status = identity === undefined ? 'is not registered' : `is ${identity.status}`;
  const step = event === undefined ? '' : '; its registration was announced, and waits for an activation';
  const why = problem === undefined ? '' : `; it ${problem}`;
  const detail = `the certificate ${status}${step}${why}`;
  return { refused: turnedAway('AUTH_ERROR', detail, certificateIdOf(certificateDer)) };
}

/** In a rule, `clientid()` is that of the CONNECT. */
function publishRegistration(
  { publish, uuid }: DeviceDoorOptions,
  { topic, payload }: { readonly topic: string; readonly payload: string },
  { clientId, remoteAddress }: Caller,
): void {
  publish({
    topic,
    payload: Buffer.from(payload),
    qos: 1,
    retain: false,
    publisher: { protocol: 'MQTT', clientId, sourceIp: remoteAddress },
    traceId: uuid(),
    republishes: 0,
  });
}

import type { AllowListEntry } from '../../shared/device-registry/allow-list.ts';
import type { HeldTable } from '../../shared/device-registry/held-certificates.ts';
import type { DevicesTable } from '../../shared/device-registry/read-devices.ts';
import type { Certificate } from '../../shared/x509/certificate.ts';
import type { RevocationStatus } from '../../shared/x509/revocation.ts';
import { ActivationError } from './activation-error.ts';
import type { Announcer } from './announce.ts';
import type { ControlPlane, RegisteredCertificate } from './control-plane.ts';
import type { RegistrationEvent } from './event.ts';

export interface ActivationSettings {
  readonly accountId: string;
  /** Ids of the CAs whose devices are activated; undefined: every CA that is registered. */
  readonly acceptedCas: readonly string[] | undefined;
  /** Such as `lamp-{commonName}`. */
  readonly thingNameTemplate: string;
  /** The one policy that all devices share; it speaks of the thing by variables. */
  readonly policyName: string;
  readonly thingTypeName: string | undefined;
  readonly thingGroupName: string | undefined;
  readonly billingGroupName: string | undefined;
}

/** What the steps work with. Everything that is not a value comes in here. */
export interface ActivationServices {
  readonly settings: ActivationSettings;
  readonly controlPlane: ControlPlane;
  /** @throws RevocationUnavailableError when nobody can say at the moment */
  readonly checkRevocation: (certificate: Certificate, ca: Certificate) => Promise<RevocationStatus>;
  readonly findInAllowList: (
    certificateId: string,
    commonName: string | undefined,
  ) => Promise<AllowListEntry | undefined>;
  readonly devices: DevicesTable;
  readonly held: HeldTable;
  readonly announcer: Announcer;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly count: (metric: string) => void;
}

/** What has been found out so far: each step adds to it, and relies on the steps before. */
export interface Facts {
  event?: RegistrationEvent;
  registered?: RegisteredCertificate;
  caCertificateId?: string;
  ca?: Certificate;
  /** AWS IoT provisions the devices of this CA by a template: it is what lets them in. */
  isLetInByTemplate?: boolean;
  certificate?: Certificate;
  commonName?: string;
  listed?: AllowListEntry;
  thingName?: string;
  /** The thing was another certificate's, which this one replaces. */
  isRotation?: boolean;
}

/** One event on its way through the steps. */
export interface Activation {
  readonly message: unknown;
  readonly services: ActivationServices;
  readonly facts: Facts;
}

/**
 * What an earlier step has found out.
 *
 * @throws ActivationError STEP_OUT_OF_ORDER: the steps were put into an order in which they cannot work
 */
export function known<Name extends keyof Facts>({ facts }: Activation, name: Name): NonNullable<Facts[Name]> {
  const value = facts[name];
  if (value !== undefined && value !== null) return value;
  throw new ActivationError(`no step has found out "${name}" yet`, {
    code: 'STEP_OUT_OF_ORDER',
    retryable: false,
    step: name,
  });
}

/** Whether the certificate is ACTIVE already, so that only what is missing around it is mended. */
export function isRepair({ facts }: Activation): boolean {
  return facts.registered?.status === 'ACTIVE';
}

/** What a device's history says of it. */
export function historyReason(activation: Activation): string {
  if (!isRepair(activation)) return 'first connection';
  return activation.facts.isLetInByTemplate === true ? 'provisioned by a template of its CA' : 'repaired';
}

import { lookAtCas } from './cas-step.ts';
import { lookAtCertificates } from './certificates-step.ts';
import { lookAtDevices } from './devices-step.ts';
import { askAboutHeld } from './held-step.ts';
import type { RunKind } from './request.ts';
import type { SweepServices } from './services.ts';

/** How a page ended. */
export interface PageResult {
  /** Names the next page; absent after the last one. */
  readonly next?: string;
  /** The time was up: the page is done again, and finds what of it is done already. */
  readonly isCut?: boolean;
}

export interface SweepStep {
  /** Stored while a run is between two invocations. */
  readonly name: string;
  /** Does one page; empty: the first. Done again it changes nothing and tells people nothing. */
  readonly run: (services: SweepServices, page: string) => Promise<PageResult>;
}

const CAS: SweepStep = { name: 'look at the CAs', run: lookAtCas };
const CERTIFICATES: SweepStep = { name: 'look at the certificates', run: lookAtCertificates };
const DEVICES: SweepStep = { name: 'look at the devices', run: lookAtDevices };
const HELD: SweepStep = { name: 'ask about held certificates', run: askAboutHeld };

/**
 * The steps of each kind of run, in their order. None needs what another has found: a run may end between any two
 * pages and goes on with the next, in another invocation. What decides the order is what may wait.
 */
export const SWEEP_STEPS: Readonly<Record<RunKind, readonly SweepStep[]>> = {
  sweep: [
    // 1. A CA that ends takes all its devices with it, and it is three calls to know.
    CAS,
    // 2. A stolen key works until its certificate is revoked. With a large fleet this takes hours the first time,
    //    when each certificate is described once; nothing that follows is that urgent.
    CERTIFICATES,
    // 3. After what may cut a device off: one that was revoked just now is not missed in the same night.
    DEVICES,
    // 4. Last, because each answer costs activation's own share of the registry's calls, and a device that is
    //    switched on asks by itself.
    HELD,
  ],
  // The allow-list has changed. Nobody else has.
  recheck: [HELD],
};

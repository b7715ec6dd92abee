import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import type { NewDevice } from './onboarding-maker.ts';

export interface Door {
  /** Of MQTT over TLS. */
  readonly url: string;
  /** PEM of the cloud's root certificate. */
  readonly ca: string;
}

/** How a device that is refused behaves: it comes back after a random time between these. */
export interface BackOff {
  readonly fromMs: number;
  readonly toMs: number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** How long it goes on. */
  readonly patienceMs: number;
}

/**
 * Connects over mutual TLS with the device's own name, and again until it is let in. Its first refusal is what
 * registers it; each further one sends its event again.
 *
 * @returns how often it was refused
 * @throws Error when it is not let in for as long as it has patience
 */
export async function connectUntilLetIn(device: NewDevice, door: Door, backOff: BackOff): Promise<number> {
  const { fromMs, toMs, random, patienceMs } = backOff;
  const endMs = performance.now() + patienceMs;
  for (let refusals = 0; ; refusals += 1) {
    if (await isLetIn(device, door)) return refusals;
    if (performance.now() > endMs) throw new Error(`${device.name} is refused after ${patienceMs / 1_000} s`);
    await sleep(fromMs + random() * (toMs - fromMs));
  }
}

async function isLetIn({ name, key, cert }: NewDevice, { url, ca }: Door): Promise<boolean> {
  try {
    const client = await connectAsync(
      url,
      { clientId: name, key, cert, ca, protocolVersion: 4, reconnectPeriod: 0 },
      false,
    );
    await client.endAsync(true);
    return true;
  } catch {
    // MQTT 3.1.1 on AWS IoT has no word for it: the connection closes.
    return false;
  }
}

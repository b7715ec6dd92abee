import * as z from 'zod/mini';
import { GlasshouseError } from '../errors.ts';
import { once } from '../once.ts';

/**
 * - `ACTIVATING`: everything is attached, the certificate is about to become ACTIVE;
 * - `ACTIVE`: the device may connect;
 * - `INACTIVE`, `REVOKED`: it may not any more, until a person decides otherwise, or for good.
 */
export const DEVICE_STATES = ['ACTIVATING', 'ACTIVE', 'INACTIVE', 'REVOKED'] as const;
export type DeviceState = (typeof DEVICE_STATES)[number];

/** One entry of a device's history. */
export interface DeviceStateChange {
  readonly state: DeviceState;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** Why, in a few words or as a code. */
  readonly reason: string;
  /** The certificate that the device had then. */
  readonly certificateId: string;
}

/** What the registry knows of a device: one item of the devices table. */
export interface Device {
  readonly thingName: string;
  readonly certificateId: string;
  /** Absent for a certificate that AWS IoT itself has issued, or that no registered CA has signed. */
  readonly caCertificateId?: string;
  /** Of the certificate, in lower-case hexadecimal digits. */
  readonly serialNumber: string;
  /** When the certificate ends, in milliseconds since the epoch. */
  readonly notAfterMs: number;
  readonly state: DeviceState;
  /** The latest changes, oldest first, at most `MAX_HISTORY`. */
  readonly history: readonly DeviceStateChange[];
  /** When its activation was announced; absent while that has still to be done. */
  readonly announcedAtMs?: number;
  /** When it was last heard of, in milliseconds since the epoch. */
  readonly lastSeenMs?: number;
  /** People have been told that nobody has seen it since then, in milliseconds since the epoch. */
  readonly unseenSinceMs?: number;
}

/** Older changes are forgotten: an item stays far under DynamoDB's 400 KB, and a reader under a screen. */
export const MAX_HISTORY = 20;

/** An item of the devices table that was not written by this code, or not like this. */
export class DeviceItemError extends GlasshouseError {
  override readonly name = 'DeviceItemError' as const;
}

/** @throws DeviceItemError when the item is not one of ours; a person has to look at it. */
export function readDeviceItem(item: unknown): Device {
  const parsed = itemSchema().safeParse(item);
  if (parsed.success) {
    const { caCertificateId, announcedAtMs, lastSeenMs, unseenSinceMs, ...device } = parsed.data;
    return {
      ...device,
      ...(caCertificateId === undefined ? {} : { caCertificateId }),
      ...(announcedAtMs === undefined ? {} : { announcedAtMs }),
      ...(lastSeenMs === undefined ? {} : { lastSeenMs }),
      ...(unseenSinceMs === undefined ? {} : { unseenSinceMs }),
    };
  }
  const thingName = nameOf(item);
  const [issue] = parsed.error.issues;
  throw new DeviceItemError(
    `the item of device "${thingName}" cannot be read at ${issue?.path.join('.') ?? 'its root'}: mend or delete it`,
    { code: 'DEVICE_UNREADABLE', retryable: false, data: { thingName }, cause: parsed.error },
  );
}

function nameOf(item: unknown): string {
  const name = typeof item === 'object' && item !== null && 'thingName' in item ? item.thingName : undefined;
  return typeof name === 'string' ? name : 'without a name';
}

const itemSchema = once(() => {
  const state = z.enum(DEVICE_STATES);
  const change = z.object({ state, atMs: z.number(), reason: z.string(), certificateId: z.string() });
  return z.object({
    thingName: z.string(),
    certificateId: z.string(),
    caCertificateId: z.optional(z.string()),
    serialNumber: z.string(),
    notAfterMs: z.number(),
    state,
    history: z.array(change),
    announcedAtMs: z.optional(z.number()),
    lastSeenMs: z.optional(z.number()),
    unseenSinceMs: z.optional(z.number()),
  });
});

import { silenceLimitMs, type Device } from './devices.ts';

export type DeviceStateKind = 'warming-up' | 'normal' | 'anomaly' | 'late' | 'silent';

export interface DeviceState {
  readonly kind: DeviceStateKind;
  readonly text: string;
}

/** An anomaly or a late reading is shown this long, so that it can be seen at any rate of readings. */
const SHOWN_MS = 2000;

/** What to say of a device at `nowMs`. The first that holds: silent, anomaly, late, warming up, normal. */
export function deviceState(device: Device, nowMs: number): DeviceState {
  const quietMs = nowMs - device.arrivedAtMs;
  if (quietMs > silenceLimitMs(device)) return { kind: 'silent', text: `silent for ${span(quietMs)}` };
  if (nowMs - device.anomalyAtMs < SHOWN_MS) return { kind: 'anomaly', text: 'anomaly' };
  if (nowMs - device.lateAtMs < SHOWN_MS) return { kind: 'late', text: 'late' };
  const warmingUp = Object.values(device.last.columns).some((column) => column.warmingUp);
  return warmingUp ? { kind: 'warming-up', text: 'warming up' } : { kind: 'normal', text: 'normal' };
}

function span(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}

import type { DeviceType } from '../../shared/sigfox/device-type.ts';
import type { Publication } from '../../shared/sigfox/publication.ts';
import { alertTopic } from '../../shared/sigfox/topics.ts';
import type { DeviceStore } from './device-store.ts';
import { alertOf, watchSilence } from './silence.ts';

export interface WatchServices {
  readonly store: DeviceStore;
  readonly types: { get(deviceTypeId: string | undefined): Promise<DeviceType> };
  readonly publish: (publication: Publication) => Promise<void>;
  readonly count: (name: string) => void;
}

export interface Watched {
  readonly devices: number;
  readonly silent: number;
  readonly back: number;
}

/**
 * Looks once at every device. Each alert is stored, then published, then stored as told: a run that fails in
 * between leaves it to the next one. Runs follow one another (function.yml), so that none tells what another is
 * just telling.
 */
export async function watchDevices(nowMs: number, services: WatchServices): Promise<Watched> {
  const { store, types, publish, count } = services;
  const watched = { devices: 0, silent: 0, back: 0 };
  for await (const device of store.all()) {
    watched.devices += 1;
    const intervalSeconds =
      device.intervalSeconds ?? (await types.get(device.deviceTypeId)).intervalSeconds ?? 0;
    const next = watchSilence(device, intervalSeconds, nowMs);
    if (next === undefined) continue;
    const isStored = next === device.silence || (await store.save(device, next));
    if (!isStored) continue;
    await publish({ topic: alertTopic(device.device), message: alertOf(device, next) });
    await store.markTold(device.device, next);
    watched[next.state] += 1;
    count(next.state === 'silent' ? 'DeviceSilent' : 'DeviceBack');
  }
  return watched;
}

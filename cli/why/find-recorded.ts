import type { Device } from '../../shared/device-registry/device.ts';
import { listReadableDevices, type DevicesTable } from '../../shared/device-registry/read-devices.ts';
import { CommandError } from '../errors.ts';
import { counted } from '../terminal.ts';

/** A device that is, or was, on record with a certificate. */
export interface RecordedCertificate {
  readonly certificateId: string;
  readonly device: Device;
}

const PAGE_SIZE = 1_000;
/** 20,000 devices are looked through: as many certificates as `find-certificate` does. */
const MAX_PAGES = 20;
/** Ids that are told of where several begin alike. */
const SHOWN = 5;

/**
 * Finds a certificate in the records of devices, their histories included: one that was deleted is nowhere else.
 *
 * @param beginning of its id, or the whole
 * @returns undefined when no record among the first 20,000 tells of it
 * @throws CommandError ID_NOT_UNIQUE when several certificates begin like this; what the SDK throws
 */
export async function findRecorded(
  table: DevicesTable,
  beginning: string,
): Promise<RecordedCertificate | undefined> {
  const found = new Map<string, Device>();
  let after: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const request = { limit: PAGE_SIZE, ...(after === undefined ? {} : { after }) };
    const { devices, next } = await listReadableDevices(table, request);
    for (const device of devices) {
      const ids = [device.certificateId, ...device.history.map(({ certificateId }) => certificateId)];
      for (const id of ids) if (id.startsWith(beginning)) found.set(id, device);
    }
    if (next === undefined) break;
    after = next;
  }
  const [first, ...others] = found;
  if (first === undefined) return undefined;
  if (others.length === 0) return { certificateId: first[0], device: first[1] };
  const shown = [...found.keys()].slice(0, SHOWN).map((id) => `\n  ${id}`);
  throw new CommandError(
    'ID_NOT_UNIQUE',
    `${counted(found.size, 'deleted certificate')} begin with ${beginning}:${shown.join('')}${found.size > SHOWN ? '\n  …' : ''}`,
  );
}

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { IoTClient } from '@aws-sdk/client-iot';
import { errorText } from '../../shared/errors.ts';
import { readCertificate } from '../../shared/x509/certificate.ts';
import type { DeviceRecords } from '../devices/record.ts';
import { CommandError } from '../errors.ts';
import { NO_REGION, isRegionMissing } from '../devices/place.ts';
import { visible } from '../terminal.ts';
import { fileFailure } from '../file-failure.ts';
import { onboardDevice, type NewDevice, type Outcome } from './onboard-device.ts';
import type { WantedDevice } from './read-plan.ts';

/** What a row becomes unless it says otherwise itself. */
export interface Defaults {
  readonly thingTypeName: string | undefined;
  readonly thingGroupName: string | undefined;
  readonly billingGroupName: string | undefined;
  readonly policyName: string | undefined;
}

export interface OnboardOptions {
  readonly client: IoTClient;
  readonly records: DeviceRecords;
  readonly defaults: Defaults;
  readonly withoutCa: boolean;
  /** What paths in the file are relative to. */
  readonly folder: string;
  /** Devices at the same time. */
  readonly concurrency: number;
  readonly report: (result: OnboardResult) => Promise<void>;
}

/** What became of one row. */
export interface OnboardResult {
  readonly line: number;
  readonly outcome: Outcome | 'failed';
  readonly certificateFile: string;
  readonly thingName?: string;
  readonly certificateId?: string;
  /** Why it failed. */
  readonly reason?: string;
}

/** AWS IoT's names of things. */
const THING_NAME = /^[a-zA-Z0-9:_-]{1,128}$/;

/**
 * Brings devices into the registry, several at a time. What fails for one device is reported for it; the others go
 * on.
 *
 * @returns how many became what
 */
export async function onboard(
  wanted: readonly WantedDevice[],
  options: OnboardOptions,
): Promise<Readonly<Record<OnboardResult['outcome'], number>>> {
  const count = { done: 0, kept: 0, failed: 0 };
  const seen = new Map<string, number>();
  const rows = wanted.values();
  const work = async (): Promise<void> => {
    for (const row of rows) {
      const result = await onboardRow(row, seen, options);
      count[result.outcome] += 1;
      await options.report(result);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return count;
}

async function onboardRow(
  row: WantedDevice,
  seen: Map<string, number>,
  options: OnboardOptions,
): Promise<OnboardResult> {
  const { line, certificateFile } = row;
  let named: Pick<OnboardResult, 'thingName' | 'certificateId'> = {};
  try {
    const device = await readDevice(row, options);
    const { thingName, certificateId } = device;
    named = { thingName, certificateId };
    requireUnseen(seen, `the certificate ${certificateId}`, line);
    requireUnseen(seen, `the thing "${thingName}"`, line);
    const { client, records, withoutCa } = options;
    const outcome = await onboardDevice(client, device, {
      records,
      withoutCa,
      reason: 'onboarded by a list',
    });
    return { line, outcome, certificateFile, ...named };
  } catch (error) {
    return { line, outcome: 'failed', certificateFile, ...named, reason: reasonOf(error) };
  }
}

async function readDevice(row: WantedDevice, { defaults, folder }: OnboardOptions): Promise<NewDevice> {
  const certificatePem = await readPem(path.resolve(folder, row.certificateFile));
  const { certificateId, serialNumber, notAfterMs, commonNames, isCa } = readCertificate(certificatePem);
  if (isCa) throw new CommandError('CERTIFICATE_IS_CA', 'it is the certificate of a CA and not of a device');
  const thingName = row.thingName ?? (commonNames.length === 1 ? commonNames[0] : undefined);
  if (thingName === undefined) {
    throw new CommandError(
      'NO_THING_NAME',
      `the row names no thing, and the certificate has ${commonNames.length} common names`,
    );
  }
  if (!THING_NAME.test(thingName)) {
    throw new CommandError('BAD_THING_NAME', `no thing can be called "${visible(thingName.slice(0, 140))}"`);
  }
  const policyName = row.policyName ?? defaults.policyName;
  if (policyName === undefined) {
    throw new CommandError('NO_POLICY', 'neither the row nor --policy names the policy of the device');
  }
  const { thingGroupName } = defaults;
  const isGrouped = row.thingGroupNames.length > 0 || thingGroupName === undefined;
  return {
    certificateId,
    certificatePem,
    serialNumber,
    notAfterMs,
    thingName,
    thingTypeName: row.thingTypeName ?? defaults.thingTypeName,
    thingGroupNames: isGrouped ? row.thingGroupNames : [thingGroupName],
    billingGroupName: row.billingGroupName ?? defaults.billingGroupName,
    policyName,
    attributes: row.attributes,
  };
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CommandError('FILE_UNREADABLE', fileFailure(cause), { cause });
  }
}

/** Two rows for one device would hurry past each other. */
function requireUnseen(seen: Map<string, number>, what: string, line: number): void {
  const before = seen.get(what);
  if (before !== undefined) throw new CommandError('ROW_TWICE', `${what} is in line ${before} already`);
  seen.set(what, line);
}

function reasonOf(error: unknown): string {
  if (isRegionMissing(error)) return NO_REGION;
  const isOfSdk = error instanceof Error && '$metadata' in error;
  return visible(isOfSdk ? `${error.name}: ${errorText(error)}` : errorText(error));
}

import { MAX_HISTORY, type DeviceState } from '../../shared/device-registry/device.ts';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { readDevice, type DevicesTable } from '../../shared/device-registry/read-devices.ts';
import { changeDeviceState, claimDevice, type NewDevice } from '../../shared/device-registry/write-device.ts';
import { CommandError } from '../errors.ts';

/** Where devices are on record, and the time for it. */
export interface DeviceRecords {
  readonly table: DevicesTable;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
}

/** A device, and the certificate that it has to be on record with. */
export interface RecordedDevice {
  readonly thingName: string;
  readonly certificateId: string;
}

/**
 * Puts a device on record as ACTIVATING, under the same conditions as its activation by a first CONNECT: what is on
 * record for its certificate already stays.
 *
 * @param options.replaces the certificate whose place this one takes
 * @throws CommandError NAME_COLLISION when the name is another certificate's; CERTIFICATE_DEACTIVATED when somebody has
 * taken this one out of use
 */
export async function claimRecord(
  { table, nowMs }: DeviceRecords,
  device: NewDevice,
  options: { readonly reason: string; readonly replaces?: string | undefined },
): Promise<void> {
  const claim = await claimDevice(table, device, { atMs: nowMs(), ...options });
  if (claim.isMine) return;
  const { thingName, certificateId, state } = claim.device;
  if (certificateId !== device.certificateId) {
    throw new CommandError(
      'NAME_COLLISION',
      `the device "${thingName}" is on record with the certificate ${certificateId}`,
    );
  }
  throw new CommandError(
    'CERTIFICATE_DEACTIVATED',
    `the device "${thingName}" is on record as ${state} with this certificate: issue it another one, or delete its item ` +
      `in ${table.tableName}`,
  );
}

/**
 * Moves a device on record to another state; one that is on record with another certificate, or not at all, stays.
 *
 * @param options.from moves only a device that is in this state
 */
export async function changeRecord(
  { table, nowMs }: DeviceRecords,
  device: RecordedDevice,
  state: DeviceState,
  options: { readonly reason: string; readonly from?: DeviceState },
): Promise<void> {
  await changeDeviceState(table, device, state, { atMs: nowMs(), ...options });
}

/**
 * Adds a line to the history of a device that stays in its state; nothing where the last line says so already, or the
 * device is on record with another certificate.
 */
export async function noteInRecord(
  { table, nowMs }: DeviceRecords,
  { thingName, certificateId }: RecordedDevice,
  reason: string,
): Promise<void> {
  const device = await readDevice(table, thingName);
  if (device?.certificateId !== certificateId || device.history.at(-1)?.reason === reason) return;
  const { state, history } = device;
  const change = { state, atMs: nowMs(), reason, certificateId };
  try {
    await DynamoDBDocumentClient.from(table.client).send(
      new UpdateCommand({
        TableName: table.tableName,
        Key: { thingName },
        UpdateExpression: 'SET history = :history',
        // Whoever has changed it meanwhile has told more.
        ConditionExpression: 'certificateId = :certificateId AND #state = :state AND history = :before',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':certificateId': certificateId,
          ':state': state,
          ':before': history,
          ':history': [...history, change].slice(-MAX_HISTORY),
        },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

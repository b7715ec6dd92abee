import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { MAX_HISTORY, readDeviceItem, type Device, type DeviceState } from './device.ts';
import type { DevicesTable } from './read-devices.ts';

/** A device as its activation has found it. */
export type NewDevice = Pick<
  Device,
  'thingName' | 'certificateId' | 'caCertificateId' | 'serialNumber' | 'notAfterMs' | 'lastSeenMs'
>;

export type ClaimOutcome =
  /** The name belongs to this certificate now, or did already; `device` is what stands there. */
  | { readonly isMine: true; readonly device: Device }
  /** It belongs to another certificate, or this one had it and lost it. */
  | { readonly isMine: false; readonly device: Device };

/**
 * Claims a name for a certificate. Of two certificates that claim one name at the same time one gets it.
 *
 *     no item ─────────────────────────(attribute_not_exists)──▶ ACTIVATING
 *     of the certificate that is announced to be replaced ─────▶ ACTIVATING, the history stays
 *     of this certificate, ACTIVATING or ACTIVE ───────────────▶ as it is: a replay
 *     of this certificate, INACTIVE or REVOKED ────────────────▶ as it is, and not mine: nobody comes back by
 *     of another certificate ──────────────────────────────────▶ as it is, and not mine    being registered anew
 *
 * @param options.replaces the certificate whose place this one takes, where a rotation was announced
 */
export async function claimDevice(
  table: DevicesTable,
  device: NewDevice,
  options: { readonly atMs: number; readonly reason: string; readonly replaces?: string | undefined },
): Promise<ClaimOutcome> {
  const { thingName, certificateId, caCertificateId, serialNumber, notAfterMs, lastSeenMs } = device;
  const { atMs, reason } = options;
  // No certificate takes its own place: that would bring a revoked one back.
  const replaces = options.replaces === certificateId ? undefined : options.replaces;
  const isNew = 'attribute_not_exists(thingName)';
  const isReplaced = 'certificateId = :replaced';
  const change = { state: 'ACTIVATING', atMs, reason, certificateId };
  try {
    const { Attributes: attributes } = await DynamoDBDocumentClient.from(table.client).send(
      new UpdateCommand({
        TableName: table.tableName,
        Key: { thingName },
        UpdateExpression:
          [
            'SET certificateId = :certificateId, serialNumber = :serialNumber',
            'notAfterMs = :notAfterMs, #state = :activating',
            'history = list_append(if_not_exists(history, :none), :change)',
            ...(caCertificateId === undefined ? [] : ['caCertificateId = :caCertificateId']),
            ...(lastSeenMs === undefined ? [] : ['lastSeenMs = :lastSeenMs']),
          ].join(', ') + ` REMOVE announcedAtMs${caCertificateId === undefined ? ', caCertificateId' : ''}`,
        ConditionExpression: replaces === undefined ? isNew : `${isNew} OR ${isReplaced}`,
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':certificateId': certificateId,
          ':serialNumber': serialNumber,
          ':notAfterMs': notAfterMs,
          ':activating': 'ACTIVATING',
          ':none': [],
          ':change': [change],
          ...(caCertificateId === undefined ? {} : { ':caCertificateId': caCertificateId }),
          ...(lastSeenMs === undefined ? {} : { ':lastSeenMs': lastSeenMs }),
          ...(replaces === undefined ? {} : { ':replaced': replaces }),
        },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return { isMine: true, device: await forgetOldest(table, readDeviceItem(attributes)) };
  } catch (error) {
    const there = whatStandsThere(error);
    const isMine =
      there.certificateId === certificateId && (there.state === 'ACTIVATING' || there.state === 'ACTIVE');
    return { isMine, device: there };
  }
}

/**
 * Moves a device of a certificate to another state.
 *
 *     any other state of this certificate ──▶ `state`
 *     `state` already ──────────────────────▶ as it is: a replay
 *     REVOKED ──────────────────────────────▶ as it is: that is for good
 *     no item, or of another certificate ───▶ as it is
 *
 * @param options.from moves only a device that is in this state
 * @returns what stands there now; undefined when there is no such device, or it has another certificate
 */
export async function changeDeviceState(
  table: DevicesTable,
  { thingName, certificateId }: Pick<Device, 'thingName' | 'certificateId'>,
  state: DeviceState,
  options: { readonly atMs: number; readonly reason: string; readonly from?: DeviceState },
): Promise<Device | undefined> {
  const { atMs, reason, from } = options;
  const isFrom = from === undefined ? '#state <> :state AND #state <> :revoked' : '#state = :from';
  try {
    const { Attributes: attributes } = await DynamoDBDocumentClient.from(table.client).send(
      new UpdateCommand({
        TableName: table.tableName,
        Key: { thingName },
        UpdateExpression: 'SET #state = :state, history = list_append(history, :change)',
        ConditionExpression: `certificateId = :certificateId AND ${isFrom}`,
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':certificateId': certificateId,
          ':state': state,
          ...(from === undefined ? { ':revoked': 'REVOKED' } : { ':from': from }),
          ':change': [{ state, atMs, reason, certificateId }],
        },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return await forgetOldest(table, readDeviceItem(attributes));
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const there = error.Item === undefined ? undefined : readDeviceItem(unmarshall(error.Item));
    return there?.certificateId === certificateId ? there : undefined;
  }
}

/** Cuts a history that has grown too long. Whoever cuts it first wins; the condition makes the other do nothing. */
async function forgetOldest(table: DevicesTable, device: Device): Promise<Device> {
  const tooMany = device.history.length - MAX_HISTORY;
  if (tooMany <= 0) return device;
  const oldest = Array.from({ length: tooMany }, (_, index) => `history[${index}]`);
  try {
    await DynamoDBDocumentClient.from(table.client).send(
      new UpdateCommand({
        TableName: table.tableName,
        Key: { thingName: device.thingName },
        UpdateExpression: `REMOVE ${oldest.join(', ')}`,
        ConditionExpression: 'size(history) = :length',
        ExpressionAttributeValues: { ':length': device.history.length },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
  return { ...device, history: device.history.slice(tooMany) };
}

function whatStandsThere(error: unknown): Device {
  if (!(error instanceof ConditionalCheckFailedException) || error.Item === undefined) throw error;
  return readDeviceItem(unmarshall(error.Item));
}

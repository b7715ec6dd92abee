import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { SCORING_SETTING_NAMES } from '../../shared/scoring-settings.ts';
import type { SettingsChange } from './change.ts';

export interface SettingsTables {
  readonly stateTable: string;
  readonly settingsTable: string;
}

/**
 * Writes a change: into the device's own state item, or into the item for all devices.
 *
 * In a state item the version moves too. Every warm container of score-anomaly then has its next write for
 * this device refused, and is handed the new settings with the refusal.
 *
 *     settingsChangedAt absent or ≤ receivedAt ──▶ written
 *     settingsChangedAt >  receivedAt          ──▶ a later change already stands: nothing to do
 *
 * @returns whether the change was written; false when a later one stands.
 */
export async function writeChange(
  client: DynamoDBClient,
  tables: SettingsTables,
  change: SettingsChange,
): Promise<boolean> {
  const documents = DynamoDBDocumentClient.from(client);
  const forOne = change.device !== undefined;
  const set = ['#changedAt = :changedAt'];
  const remove: string[] = [];
  const names: Record<string, string> = { '#changedAt': 'settingsChangedAt', '#version': 'version' };
  const values: Record<string, unknown> = { ':changedAt': change.receivedAtMs, ':one': 1 };
  for (const name of SCORING_SETTING_NAMES) {
    const value = change.settings[name];
    if (value === undefined) continue;
    names[`#${name}`] = name;
    if (value === null) {
      remove.push(`#${name}`);
    } else {
      set.push(`#${name} = :${name}`);
      values[`:${name}`] = value;
    }
  }
  const update = [
    `SET ${set.join(', ')}`,
    ...(remove.length > 0 ? [`REMOVE ${remove.join(', ')}`] : []),
    'ADD #version :one',
  ].join(' ');
  try {
    await documents.send(
      new UpdateCommand({
        TableName: forOne ? tables.stateTable : tables.settingsTable,
        Key: forOne ? { key: change.device } : { scope: 'all' },
        UpdateExpression: update,
        ConditionExpression: 'attribute_not_exists(#changedAt) OR #changedAt <= :changedAt',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

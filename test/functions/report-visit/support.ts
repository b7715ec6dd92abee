import { CreateTableCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { CareEvent } from '../../../functions/report-visit/care-event.ts';
import { HouseholdStore } from '../../../functions/report-visit/household-store.ts';
import { noticeText, type Notice } from '../../../functions/report-visit/notice.ts';
import type { VisitServices } from '../../../functions/report-visit/report-visit.ts';
import { householdItem, HOUSEHOLD_DEFAULTS, type Household } from '../../../shared/household/household.ts';
import { readStoredVisit, type StoredVisit } from '../../../shared/household/visit.ts';
import { startTestDynamoDb } from '../../support/dynamodb.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** Nine in the morning in Paris. */
export const T0 = Date.UTC(2026, 0, 31, 8);

export const DURAND: Household = {
  ...HOUSEHOLD_DEFAULTS,
  household: 'durand',
  person: 'Mme Durand',
  carers: { '1': 'Anna', '2': 'Bruno' },
};

let numbers = 0;

/** An event of a button, so many minutes after T0. */
export function careEvent(minute: number, kind: CareEvent['kind'], more: Partial<CareEvent> = {}): CareEvent {
  numbers += 1;
  return { device: 'B0770', timeMs: T0 + minute * MINUTE_MS, seqNumber: numbers, kind, carer: 1, ...more };
}

/** The tables of homes on a real engine, with one home and its button. */
export async function startHouseholds() {
  const dynamodb = await startTestDynamoDb();
  const { client } = dynamodb;
  const tables = {
    buttons: await dynamodb.createTable('device'),
    households: await dynamodb.createTable('household'),
    visits: 'visits',
  };
  await client.send(
    new CreateTableCommand({
      TableName: tables.visits,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'household', AttributeType: 'S' },
        { AttributeName: 'at', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'household', KeyType: 'HASH' },
        { AttributeName: 'at', KeyType: 'RANGE' },
      ],
    }),
  );
  return {
    client,
    tables,
    async addHome(household: Household, device: string): Promise<void> {
      const Item = { device: { S: device }, household: { S: household.household } };
      await client.send(new PutItemCommand({ TableName: tables.buttons, Item }));
      await client.send(new PutItemCommand({ TableName: tables.households, Item: householdItem(household) }));
    },
    async visitsOf(household: string): Promise<StoredVisit[]> {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tables.visits,
          KeyConditionExpression: 'household = :household',
          ExpressionAttributeValues: { ':household': { S: household } },
        }),
      );
      return Items.map(readStoredVisit);
    },
    /** A container of the function, what it told and what it counted. */
    container(options: { tell?: (text: string, notice: Notice) => void } = {}) {
      const texts: string[] = [];
      const counts: Record<string, number> = {};
      const services: VisitServices = {
        store: new HouseholdStore(client, tables),
        tell: async (notice, household) => {
          const text = noticeText(notice, household, notice.atMs);
          options.tell?.(text, notice);
          texts.push(text);
        },
        now: () => T0,
        pause: async () => {},
        count: (name) => void (counts[name] = (counts[name] ?? 0) + 1),
      };
      return { services, texts, counts };
    },
    stop: () => dynamodb.stop(),
  };
}

export type Households = Awaited<ReturnType<typeof startHouseholds>>;

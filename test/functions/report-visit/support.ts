import { CreateTableCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { CareEvent } from '../../../functions/report-visit/care-event.ts';
import { HouseholdStore } from '../../../functions/report-visit/household-store.ts';
import { noticeText, type Notice } from '../../../functions/report-visit/notice.ts';
import type { VisitServices } from '../../../functions/report-visit/in-turn.ts';
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
  let made = 0;
  return {
    client,
    tables,
    /** A home of its own with its button. */
    async newHome(more: Partial<Household> = {}): Promise<{ device: string; household: string }> {
      made += 1;
      const device = (0xb1000 + made).toString(16).toUpperCase();
      const household = `home-${made}`;
      const button = { device: { S: device }, household: { S: household } };
      const home = householdItem({ ...DURAND, ...more, household });
      await client.send(new PutItemCommand({ TableName: tables.buttons, Item: button }));
      await client.send(new PutItemCommand({ TableName: tables.households, Item: home }));
      return { device, household };
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
    /** A container of the function, what it told, counted and logged. */
    container(
      options: { tell?: (text: string, notice: Notice) => void | Promise<void>; now?: () => number } = {},
    ) {
      const texts: string[] = [];
      const counts: Record<string, number> = {};
      const errors: Readonly<Record<string, unknown>>[] = [];
      const services: VisitServices = {
        store: new HouseholdStore(client, tables),
        tell: async (notice, household) => {
          const text = noticeText(notice, household, notice.atMs);
          await options.tell?.(text, notice);
          texts.push(text);
        },
        now: options.now ?? (() => T0),
        pause: async () => {},
        count: (name) => void (counts[name] = (counts[name] ?? 0) + 1),
        logError: (line) => void errors.push(line),
      };
      return { services, texts, counts, errors };
    },
    stop: () => dynamodb.stop(),
  };
}

export type Households = Awaited<ReturnType<typeof startHouseholds>>;

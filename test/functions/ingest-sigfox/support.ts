import { CreateTableCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { PayloadDecoders } from '../../../functions/ingest-sigfox/decode-payload.ts';
import { MessageStore } from '../../../functions/ingest-sigfox/message-store.ts';
import type { IngestServices } from '../../../functions/ingest-sigfox/services.ts';
import { DeviceAssignments } from '../../../shared/sigfox/device-assignments.ts';
import { DeviceTypes, type DeviceType } from '../../../shared/sigfox/device-type.ts';
import { DownlinkStore } from '../../../shared/sigfox/downlink-store.ts';
import { fromItem, type Storable } from '../../../shared/sigfox/item.ts';
import { startTestDynamoDb } from '../../support/dynamodb.ts';

/** The tables of Sigfox on a real engine, and containers that work on them. */
export async function startSigfoxTables() {
  const dynamodb = await startTestDynamoDb();
  const { client } = dynamodb;
  const messages = 'sigfox';
  await client.send(
    new CreateTableCommand({
      TableName: messages,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'deviceid', AttributeType: 'S' },
        { AttributeName: 'timestamp', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'deviceid', KeyType: 'HASH' },
        { AttributeName: 'timestamp', KeyType: 'RANGE' },
      ],
    }),
  );
  const devices = await dynamodb.createTable('device');
  const deviceTypes = await dynamodb.createTable('deviceTypeId');

  async function scan(TableName: string): Promise<Record<string, Storable>[]> {
    const found: Record<string, Storable>[] = [];
    for await (const { Items = [] } of paginateScan({ client }, { TableName })) {
      found.push(...Items.map(fromItem));
    }
    return found;
  }

  return {
    client,
    tables: { messages, devices, deviceTypes },
    /** One warm container of ingest-sigfox, with a memory of its own, and what it counted. */
    container(options: { now: () => number; defaults?: DeviceType }) {
      const counts: Record<string, number> = {};
      const { now, defaults = {} } = options;
      const services: IngestServices = {
        store: new MessageStore(client, { messages, devices }),
        downlinks: new DownlinkStore(client, devices),
        types: new DeviceTypes({ client, tableName: deviceTypes, defaults, now }),
        assignments: new DeviceAssignments(client, devices, now),
        decoders: new PayloadDecoders(),
        now,
        pause: async () => {},
        count: (name) => void (counts[name] = (counts[name] ?? 0) + 1),
      };
      return { services, counts };
    },
    /** The items of a device in the table of messages, in their order; without a device, of all. */
    async messagesOf(device?: string): Promise<Record<string, Storable>[]> {
      const items = await scan(messages);
      const wanted = items.filter(({ deviceid }) => device === undefined || deviceid === device);
      const keyOf = ({ timestamp }: Record<string, Storable>): string =>
        typeof timestamp === 'string' ? timestamp : '';
      return wanted.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    },
    stop: () => dynamodb.stop(),
  };
}

export type SigfoxTables = Awaited<ReturnType<typeof startSigfoxTables>>;

import { z } from 'zod';
import { errorText } from '../../shared/errors.ts';
import { ConfigurationError } from '../errors.ts';
import { callDynamoDb } from './call.ts';

/** Creates the tables of the template that are not there yet. */
export async function createTables(
  engineUrl: string,
  region: string,
  tables: readonly { readonly name: string; readonly request: Readonly<Record<string, unknown>> }[],
): Promise<void> {
  await Promise.all(
    tables.map(async ({ name, request }) => {
      const { ok, text } = await callDynamoDb(engineUrl, region, 'CreateTable', request).catch(
        (error: unknown) => ({ ok: false, text: errorText(error) }),
      );
      if (ok || text.includes('ResourceInUseException')) return;
      throw new ConfigurationError(`table "${name}" cannot be created: ${text}`, {
        code: 'TABLE_NOT_CREATED',
        data: { table: name },
      });
    }),
  );
}

const listSchema = z.object({
  TableNames: z.array(z.string()),
  LastEvaluatedTableName: z.string().optional(),
});

/** An account has 10,000 tables at most, and a list a hundred. */
const MAX_LISTS = 100;

/** Deletes every table of the engine, and makes the template's anew. */
export async function emptyTables(
  engineUrl: string,
  region: string,
  tables: Parameters<typeof createTables>[2],
): Promise<void> {
  // It lists a hundred at a time. Those that it has listed are gone by then: it begins anew each time.
  for (let round = 0; round < MAX_LISTS; round += 1) {
    const { text } = await callDynamoDb(engineUrl, region, 'ListTables', {});
    const { TableNames, LastEvaluatedTableName } = listSchema.parse(JSON.parse(text));
    await Promise.all(TableNames.map((name) => deleteTable(engineUrl, region, name)));
    if (LastEvaluatedTableName === undefined) break;
  }
  await createTables(engineUrl, region, tables);
}

/** A table that somebody else has deleted meanwhile is gone as well. */
async function deleteTable(engineUrl: string, region: string, TableName: string): Promise<void> {
  const { ok, text } = await callDynamoDb(engineUrl, region, 'DeleteTable', { TableName });
  if (ok || text.includes('ResourceNotFoundException')) return;
  throw new ConfigurationError(`table "${TableName}" cannot be deleted: ${text}`, {
    code: 'TABLE_NOT_DELETED',
    data: { table: TableName },
  });
}

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

/** Deletes every table of the engine, and makes the template's anew. */
export async function emptyTables(
  engineUrl: string,
  region: string,
  tables: Parameters<typeof createTables>[2],
): Promise<void> {
  const { text } = await callDynamoDb(engineUrl, region, 'ListTables', {});
  const { TableNames } = z.object({ TableNames: z.array(z.string()) }).parse(JSON.parse(text));
  await Promise.all(
    TableNames.map((TableName) => callDynamoDb(engineUrl, region, 'DeleteTable', { TableName })),
  );
  await createTables(engineUrl, region, tables);
}

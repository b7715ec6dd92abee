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

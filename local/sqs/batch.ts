import * as z from 'zod';
import { AwsApiError } from '../errors.ts';
import { sqsError } from './errors.ts';

const MAX_ENTRIES = 10;
const ENTRY_ID = /^[A-Za-z0-9_-]{1,80}$/;

/** The input of a batch operation whose entries have these fields. */
export function batchSchema<Fields extends z.ZodRawShape>(fields: Fields) {
  return z.object({
    QueueUrl: z.string(),
    Entries: z.array(z.object({ Id: z.string(), ...fields })).default([]),
  });
}

/**
 * Does the entries of a batch one by one. An entry that fails is told in `Failed`; the others go on.
 *
 * @throws AwsApiError when the batch as a whole is wrong: empty, too many, or ids that are wrong or double.
 */
export function runBatch<Entry extends { readonly Id: string }>(
  entries: readonly Entry[],
  work: (entry: Entry) => object | void,
): { Successful: object[]; Failed: object[] } {
  checkIds(entries.map(({ Id }) => Id));
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    const { Id } = entry;
    try {
      Successful.push({ Id, ...work(entry) });
    } catch (thrown) {
      if (!(thrown instanceof AwsApiError)) throw thrown;
      const { code: Code, message: Message, status } = thrown;
      Failed.push({ Id, SenderFault: status < 500, Code, Message });
    }
  }
  return { Successful, Failed };
}

function checkIds(ids: readonly string[]): void {
  if (ids.length === 0)
    throw sqsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (ids.length > MAX_ENTRIES) {
    throw sqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MAX_ENTRIES}. You have sent ${ids.length}.`,
    );
  }
  const wrong = ids.find((id) => !ENTRY_ID.test(id));
  if (wrong !== undefined) {
    throw sqsError(
      'InvalidBatchEntryId',
      `A batch entry id can only contain alphanumeric characters, hyphens and underscores, at most 80: "${wrong}".`,
    );
  }
  const double = ids.find((id, index) => ids.indexOf(id) !== index);
  if (double !== undefined) throw sqsError('BatchEntryIdsNotDistinct', `Id ${double} repeated.`);
}

export function tooLong(totalBytes: number, mostBytes: number) {
  return sqsError(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${mostBytes} bytes. You have sent ${totalBytes} bytes.`,
  );
}

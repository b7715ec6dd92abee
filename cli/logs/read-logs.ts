import { request, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { errorText } from '../../shared/errors.ts';
import { CommandError } from '../errors.ts';

/** What a line of the log is read for; everything else in it is passed on as it came. */
export const entrySchema = z.looseObject({
  timestamp: z.string(),
  logLevel: z.string(),
  status: z.string(),
  eventType: z.string(),
  traceId: z.string().optional(),
  clientId: z.string().optional(),
  topicName: z.string().optional(),
  ruleName: z.string().optional(),
  ruleAction: z.string().optional(),
  resources: z.record(z.string(), z.string()).optional(),
  reason: z.string().optional(),
  details: z.string().optional(),
  disconnectReason: z.string().optional(),
  glasshouse: z.record(z.string(), z.unknown()).optional(),
});

export type Entry = z.infer<typeof entrySchema>;

const pageSchema = z.object({ entries: z.array(entrySchema) });

/** Either an entry, or that records were dropped before this reader came to them. */
export type LogLine =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'missed'; readonly count: number };

const missedSchema = z.object({ missed: z.number() });

/** What the running cloud has recorded, the oldest first. @throws CommandError LOGS_UNREADABLE */
export async function readLogs(endpointUrl: string, query: URLSearchParams): Promise<readonly Entry[]> {
  const response = await get(endpointUrl, query);
  return pageSchema.parse(JSON.parse(await text(response))).entries;
}

/**
 * What the running cloud records, as it does. Ends when the cloud does.
 *
 * It is read by `node:http`, which waits for as long as nothing happens; `fetch` gives up after five minutes.
 *
 * @throws CommandError LOGS_UNREADABLE
 */
export async function* followLogs(
  endpointUrl: string,
  query: URLSearchParams,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const response = await get(endpointUrl, new URLSearchParams([...query, ['follow', 'true']]), signal);
  try {
    for await (const line of createInterface({ input: response, crlfDelay: Infinity })) {
      const value: unknown = JSON.parse(line);
      const missed = missedSchema.safeParse(value);
      yield missed.success
        ? { kind: 'missed', count: missed.data.missed }
        : { kind: 'entry', entry: entrySchema.parse(value) };
    }
  } catch (error) {
    if (!signal.aborted) throw unreadable(endpointUrl, error);
  } finally {
    response.destroy();
  }
}

async function get(
  endpointUrl: string,
  query: URLSearchParams,
  signal?: AbortSignal,
): Promise<IncomingMessage> {
  const url = new URL(`/_glasshouse/logs?${query.toString()}`, endpointUrl);
  const asked = request(url, signal === undefined ? {} : { signal });
  let response: IncomingMessage;
  try {
    response = await new Promise((resolve, reject) => {
      asked.once('response', resolve).once('error', reject).end();
    });
  } catch (error) {
    throw unreadable(endpointUrl, error);
  }
  if (response.statusCode === 200) return response;
  throw unreadable(endpointUrl, new Error(`it answers ${response.statusCode}: ${await text(response)}`));
}

function unreadable(endpointUrl: string, error: unknown): CommandError {
  const why = errorText(error) || 'no connection';
  return new CommandError('LOGS_UNREADABLE', `the running cloud gives no logs at ${endpointUrl}: ${why}`, {
    cause: error,
    retryable: true,
  });
}

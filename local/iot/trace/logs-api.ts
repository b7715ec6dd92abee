import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { AwsApiError } from '../../errors.ts';
import { topicFilterProblem } from '../topics/topic-filter.ts';
import { LOG_LEVELS, type LogEntry } from './entry.ts';
import type { LogQuery, TraceLog } from './trace-log.ts';

const DEFAULT_LIMIT = 200;
const MAX_LIMIT = 1_000;

const parameters = z.strictObject({
  after: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
  topic: z
    .string()
    .optional()
    .superRefine((filter, context) => {
      const problem = filter === undefined ? undefined : topicFilterProblem(filter);
      if (problem !== undefined) context.addIssue(`the topic filter ${problem}`);
    }),
  rule: z.string().optional(),
  traceId: z.string().optional(),
  level: z.enum(LOG_LEVELS).optional(),
  follow: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
});

/**
 * Answers `GET /_glasshouse/logs`:
 *
 * - `after=N`: what was recorded after the sequence number N; without it the newest;
 * - `limit=N`: 1 to 1,000 entries, 200 without it;
 * - `topic=FILTER`, `rule=NAME`, `traceId=ID`: only what belongs to these;
 * - `level=ERROR|WARN|INFO|DEBUG`: only this level and louder ones;
 * - `follow=true`: a stream that does not end, one entry a line, and `{"missed":N}` where records were dropped
 *   because the reader was too slow. Without it: `{"entries", "next", "missed"}`, `next` being the `after` of the
 *   following request.
 *
 * @throws AwsApiError ValidationException (400) that names the parameter
 */
export async function answerLogs(
  log: TraceLog,
  query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const read = parameters.safeParse(Object.fromEntries(query));
  if (!read.success) {
    throw new AwsApiError(400, 'ValidationException', `The query is wrong: ${z.prettifyError(read.error)}`);
  }
  const { after, limit, topic, rule, traceId, level, follow } = read.data;
  const wanted: LogQuery = {
    limit,
    ...(after === undefined ? {} : { after }),
    ...(topic === undefined ? {} : { topicFilter: topic }),
    ...(rule === undefined ? {} : { ruleName: rule }),
    ...(traceId === undefined ? {} : { traceId }),
    ...(level === undefined ? {} : { level }),
  };
  if (follow) return stream(log, wanted, response);
  const page = log.read(wanted);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(page, undefined, 2)}\n`);
}

/** Ends when the reader goes, or the log is closed. */
async function stream(log: TraceLog, wanted: LogQuery, response: ServerResponse): Promise<void> {
  const closed = Promise.withResolvers<void>();
  response.once('close', () => closed.resolve());
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.flushHeaders();
  let query = wanted;
  while (!response.destroyed) {
    const { entries, next, missed } = log.read(query);
    query = { ...wanted, after: next };
    const text = (missed > 0 ? `${JSON.stringify({ missed })}\n` : '') + entries.map(line).join('');
    if (text !== '' && !response.write(text)) await Promise.race([once(response, 'drain'), closed.promise]);
    if (log.isClosed) {
      response.end();
      return;
    }
    await Promise.race([log.changed(next), closed.promise]);
  }
}

function line(entry: LogEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

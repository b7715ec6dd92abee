import { z } from 'zod';
import { AwsApiError } from '../../errors.ts';
import type { AttemptLog } from './attempt-log.ts';
import { explanationSchema } from './explanation.ts';

/** What follows it is the URL-encoded id of a client or a certificate. */
export const WHY_PATH = '/_glasshouse/why/';

const MAX_KNOWN_IDS = 20;

/** What `GET /_glasshouse/why/<id>` answers. */
export const whyAnswerSchema = z
  .object({
    id: z.string(),
    /** The last attempt first. */
    attempts: z.array(
      z.object({
        at: z.string(),
        count: z.number().int(),
        clientId: z.string().optional(),
        certificateId: z.string().optional(),
        explanation: explanationSchema,
      }),
    ),
  })
  .readonly();

export type WhyAnswer = z.infer<typeof whyAnswerSchema>;

/**
 * Answers `GET /_glasshouse/why/<id>`: what a client or a certificate tried last, and why it was allowed or
 * denied.
 *
 * @param path the request's path, without a query
 * @throws AwsApiError 404 NotFound when nothing is known of the id; it names some of which something is.
 */
export function answerWhy(log: AttemptLog, path: string): WhyAnswer {
  const id = decodeId(path.slice(WHY_PATH.length));
  const attempts = log.attemptsOf(id);
  if (attempts !== undefined) return { id, attempts: [...attempts] };
  const known = log.knownIds(MAX_KNOWN_IDS);
  const others =
    known.length === 0
      ? 'Nothing that policies apply to has connected yet.'
      : `Known are ${known.join(', ')}.`;
  throw new AwsApiError(404, 'NotFound', `Nothing was tried under the id "${id}". ${others}`, { id });
}

function decodeId(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new AwsApiError(400, 'ValidationException', `The id "${encoded}" is not URL-encoded text.`);
  }
}

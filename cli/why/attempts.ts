import { WHY_PATH, whyAnswerSchema, type WhyAnswer } from '../../local/iot/policies/why-route.ts';
import { errorText } from '../../shared/errors.ts';
import { CommandError } from '../errors.ts';
import { visible } from '../terminal.ts';

/** What somebody tried, and why it was allowed or denied. */
export type Attempt = WhyAnswer['attempts'][number];

const REQUEST_TIMEOUT_MS = 10_000;

/** Nothing is known, and what the cloud says to that. */
export interface NothingKnown {
  readonly attempts: undefined;
  readonly message: string;
}

/**
 * Asks the running cloud what a client or a certificate tried lately, the last attempt first.
 *
 * @throws CommandError CLOUD_UNREACHABLE, ANSWER_UNREADABLE
 */
export async function askForAttempts(
  endpointUrl: string,
  id: string,
): Promise<{ readonly attempts: readonly Attempt[] } | NothingKnown> {
  const url = new URL(WHY_PATH + encodeURIComponent(id), endpointUrl);
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    body = await response.json();
  } catch (cause) {
    throw new CommandError(
      'CLOUD_UNREACHABLE',
      `the cloud at ${endpointUrl} does not answer: ${errorText(cause)}`,
      { cause, retryable: true },
    );
  }
  if (response.status === 404) return { attempts: undefined, message: visible(messageOf(body)) };
  const answer = whyAnswerSchema.safeParse(body);
  if (response.ok && answer.success) return { attempts: answer.data.attempts };
  throw new CommandError(
    'ANSWER_UNREADABLE',
    `the cloud at ${endpointUrl} answers ${response.status} with something that this version cannot read: ` +
      'are both of the same version?',
    { cause: answer.error },
  );
}

function messageOf(body: unknown): string {
  const known = typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined;
  return typeof known === 'string' ? known : 'nothing is known of that id';
}

import { errorText } from '../../../shared/errors.ts';
import { DeliveryError } from '../errors.ts';

/** SNS waits this long for an answer. */
const TIMEOUT_MS = 15_000;

export interface Posted {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: string;
}

/**
 * Posts a message to a subscriber on this machine.
 *
 * @throws DeliveryError that is retryable for a server that is not there, is too slow, is too busy (429) or fails
 *   (5xx); every other answer but one of 2xx is for good.
 */
export async function post({ url, headers, contentType, body }: Posted): Promise<void> {
  let status: number;
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': contentType,
        'user-agent': 'Amazon Simple Notification Service Agent',
        ...headers,
      },
      body,
      // A redirect could lead away from this machine.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.body?.cancel();
    ({ status } = answer);
  } catch (cause) {
    throw new DeliveryError(`${url} cannot be reached: ${reasonOf(cause)}`, { retryable: true, cause });
  }
  if (status >= 200 && status < 300) return;
  throw new DeliveryError(`${url} answered ${status}`, { retryable: status === 429 || status >= 500 });
}

/** What fetch says is no more than that it failed; the cause says why. */
function reasonOf(thrown: unknown): string {
  return errorText(thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown);
}

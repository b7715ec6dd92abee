import { errorText } from '../../../../../shared/errors.ts';
import { ActionError } from '../action.ts';
import type { HttpPost } from '../services.ts';

/** A first try and at most two more. */
const MAX_TRIES = 3;

/** After an answer that is larger than this nothing is tried again. */
const MAX_ANSWER_BYTES = 16_384;

/**
 * Posts one request; an answer of 429 or 5xx is tried again, all within the time.
 *
 * @throws ActionError HTTP_FAILED that tells the answer or what went wrong
 */
export async function postWithRetries({ url, headers, body }: HttpPost, timeoutMs: number): Promise<void> {
  const signal = AbortSignal.timeout(timeoutMs);
  for (let attempt = 1; ; attempt += 1) {
    const { status, isSmall } = await tryOnce(url, headers, body, signal);
    if (status >= 200 && status < 300) return;
    const mayWorkLater = (status === 429 || (status >= 500 && status <= 599)) && isSmall;
    if (!mayWorkLater || attempt === MAX_TRIES) {
      throw failed(`${url} answered ${status}${attempt === 1 ? '' : ` at try ${attempt}`}`, url);
    }
  }
}

async function tryOnce(
  url: string,
  headers: HttpPost['headers'],
  body: Uint8Array,
  signal: AbortSignal,
): Promise<{ status: number; isSmall: boolean }> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      body: Buffer.from(body),
      // A redirect could lead away from this machine.
      redirect: 'manual',
      signal,
    });
    return { status: answer.status, isSmall: await isSmallBody(answer) };
  } catch (thrown) {
    if (signal.aborted) throw failed(`${url} did not answer in time`, url);
    const cause = thrown instanceof Error && thrown.cause !== undefined ? `: ${errorText(thrown.cause)}` : '';
    throw failed(`${url} cannot be reached: ${errorText(thrown)}${cause}`, url);
  }
}

async function isSmallBody(answer: Response): Promise<boolean> {
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) return false;
  }
  return true;
}

function failed(message: string, url: string): ActionError {
  return new ActionError('HTTP_FAILED', message, { url });
}

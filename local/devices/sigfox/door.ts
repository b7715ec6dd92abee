import type { CallbackType } from '../../../shared/sigfox/callback-type.ts';

/** One callback as Sigfox makes it. */
export interface SigfoxCall {
  readonly type: CallbackType;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface DoorAnswer {
  readonly status: number;
  readonly body: string;
}

/** Takes a callback, and answers it; what is thrown is a door that cannot be reached. */
export type Door = (call: SigfoxCall) => Promise<DoorAnswer>;

/** How long Sigfox waits. */
const TIMEOUT_MS = 10_000;

/**
 * A door over HTTP: `<url>/<type>`, with a JSON body, as somebody sets it up in Sigfox's form.
 *
 * @param url up to the callback's type, such as `http://127.0.0.1:3000/sigfox`.
 */
export function httpDoor(url: string, headers: Readonly<Record<string, string>>): Door {
  const base = url.replace(/\/+$/, '');
  return async ({ type, variables }) => {
    const response = await fetch(`${base}/${type}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(variables),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, body: await response.text() };
  };
}

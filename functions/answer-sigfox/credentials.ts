import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import { GlasshouseError } from '../../shared/errors.ts';
import { once } from '../../shared/once.ts';

/** What Sigfox shows at the door: a name and a password (Basic), or a header of its own. */
export type Credential =
  | { readonly username: string; readonly password: string }
  | { readonly header: string; readonly value: string };

/** The parameter that holds the credentials cannot be had or read. */
export class CredentialsError extends GlasshouseError {
  override readonly name = 'CredentialsError' as const;
}

/** As long as Sigfox's form takes them, and no shorter than what cannot be guessed. */
const SECRET = () => z.string().check(z.minLength(12), z.maxLength(500));

const credentialsSchema = once(() => {
  const basic = z.strictObject({
    username: z.string().check(z.minLength(1), z.maxLength(200), z.regex(/^[^:]*$/)),
    password: SECRET(),
  });
  const header = z.strictObject({
    header: z.string().check(z.regex(/^[A-Za-z0-9-]{1,100}$/), z.toLowerCase()),
    value: SECRET(),
  });
  const one = z.union([basic, header]);
  return z.union([
    z.array(one).check(z.minLength(1), z.maxLength(8)),
    z.pipe(
      one,
      z.transform((it) => [it]),
    ),
  ]);
});

/**
 * Reads a parameter's text: one credential, or a list of them, any of which is let in. Two of them are how a
 * password is changed without missing a message.
 *
 * @throws CredentialsError CREDENTIALS_UNREADABLE; it does not quote the text.
 */
export function parseCredentials(text: string): readonly Credential[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    content = undefined;
  }
  const parsed = credentialsSchema().safeParse(content);
  if (parsed.success) return parsed.data;
  throw new CredentialsError(
    'the parameter with Sigfox\'s credentials cannot be used: it is {"username","password"}, ' +
      '{"header","value"}, or a list of these, as JSON; a password or value has at least 12 characters',
    { code: 'CREDENTIALS_UNREADABLE', retryable: false },
  );
}

/**
 * Whether one of the credentials is shown. What is compared are digests, all of them and in constant time: how
 * long it takes tells nothing of how much was right.
 */
export function isLetIn(
  headers: Readonly<Record<string, string>>,
  credentials: readonly Credential[],
): boolean {
  const basic = /^basic +([A-Za-z0-9+/=]+)$/i.exec(headers['authorization'] ?? '')?.[1] ?? '';
  const shown = Buffer.from(basic, 'base64').toString();
  let letIn = false;
  for (const credential of credentials) {
    const isShown =
      'header' in credential
        ? isSame(headers[credential.header] ?? '', credential.value)
        : isSame(shown, `${credential.username}:${credential.password}`);
    letIn = isShown || letIn;
  }
  return letIn;
}

function isSame(given: string, wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

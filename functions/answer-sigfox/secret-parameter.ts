import { errorText } from '../../shared/errors.ts';
import { CredentialsError } from './credentials.ts';
import { signPost, type SigningKey } from './sign-request.ts';

/** A credential that was changed is known after this at the latest. */
const REFRESH_MS = 300_000;

/** What is not let in asks the parameter again, but not more often than this. */
const RECHECK_MS = 30_000;

const TIMEOUT_MS = 2_000;

export interface SecretParameterOptions<Value> {
  readonly name: string;
  readonly parse: (text: string) => Value;
  readonly region: string;
  /** Another cloud than AWS, as `AWS_ENDPOINT_URL` names it. */
  readonly endpointUrl: string | undefined;
  readonly signingKey: () => Promise<SigningKey>;
  readonly now: () => number;
}

/**
 * A SecureString of the SSM Parameter Store, read once in five minutes and container.
 *
 * Parameter Store and not Secrets Manager: a standard parameter costs nothing, its value is encrypted by the
 * account's own key without a grant of it, and what Secrets Manager has beyond that, changing a secret by
 * itself, cannot be had here, because somebody has to type the new one into Sigfox's form.
 */
export class SecretParameter<Value> {
  readonly #options: SecretParameterOptions<Value>;
  #known: { readonly value: Value; readonly readAtMs: number } | undefined;

  constructor(options: SecretParameterOptions<Value>) {
    this.#options = options;
  }

  /**
   * The value. What is known already is better than none, where the Parameter Store cannot be asked.
   *
   * @throws CredentialsError CREDENTIALS_MISSING or CREDENTIALS_UNREADABLE, CREDENTIALS_UNREACHABLE (retryable)
   */
  async get(): Promise<Value> {
    return this.#atMostOld(REFRESH_MS);
  }

  /** The value, asked for anew unless that was just done: for who was not let in by the known one. */
  async recheck(): Promise<Value> {
    return this.#atMostOld(RECHECK_MS);
  }

  async #atMostOld(maximumMs: number): Promise<Value> {
    const nowMs = this.#options.now();
    const known = this.#known;
    if (known !== undefined && nowMs - known.readAtMs < maximumMs) return known.value;
    try {
      this.#known = { value: this.#options.parse(await this.#read(nowMs)), readAtMs: nowMs };
    } catch (error) {
      if (known === undefined) throw error;
      console.warn({ message: 'the credentials could not be read anew', reason: errorText(error) });
      this.#known = { value: known.value, readAtMs: nowMs };
    }
    return this.#known.value;
  }

  async #read(nowMs: number): Promise<string> {
    const { name, region, endpointUrl, signingKey } = this.#options;
    const url = new URL(endpointUrl ?? `https://ssm.${region}.amazonaws.com`);
    const body = JSON.stringify({ Name: name, WithDecryption: true });
    const target = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonSSM.GetParameter',
    };
    const request = { host: url.host, region, service: 'ssm', body };
    let status: number;
    let answer: unknown;
    try {
      const headers = signPost(request, target, await signingKey(), nowMs);
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      ({ status } = response);
      answer = await response.json();
    } catch (cause) {
      throw this.#failure('CREDENTIALS_UNREACHABLE', errorText(cause), true, cause);
    }
    const value = member(member(answer, 'Parameter'), 'Value');
    if (status === 200 && typeof value === 'string') return value;
    const said = member(answer, '__type');
    const type = typeof said === 'string' ? said : `status ${status}`;
    if (type.endsWith('ParameterNotFound')) {
      const way = `put it there: aws ssm put-parameter --type SecureString --name ${name} --value '{"username":"sigfox","password":"…"}'`;
      throw this.#failure('CREDENTIALS_MISSING', way, false);
    }
    throw this.#failure('CREDENTIALS_UNREACHABLE', type, status >= 500 || type.includes('Throttl'));
  }

  #failure(code: string, reason: string, retryable: boolean, cause?: unknown): CredentialsError {
    const { name } = this.#options;
    const message = `the parameter ${name} with Sigfox's credentials cannot be had: ${reason}`;
    return new CredentialsError(message, { code, retryable, data: { name }, cause });
  }
}

function member(value: unknown, name: string): unknown {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return entries.find(([key]) => key === name)?.[1];
}

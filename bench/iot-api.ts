import { Agent, request } from 'node:http';
import { REGION } from './registry-under-test.ts';

/** Signatures are not checked; the scope says which service is meant. */
const AUTHORIZATION = `AWS4-HMAC-SHA256 Credential=bench/20260101/${REGION}/iot/aws4_request, SignedHeaders=host, Signature=0`;

/** Calls AWS IoT's API with as little work as can be: its setting up is not what costs, nor what is measured. */
export class IotApi {
  readonly #endpointUrl: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });

  constructor(endpointUrl: string) {
    this.#endpointUrl = endpointUrl;
  }

  /** @throws Error for any answer but a good one. */
  async call(
    method: 'POST' | 'PUT',
    path: string,
    body: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<unknown> {
    const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const asked = request(
        `${this.#endpointUrl}${path}`,
        { method, agent: this.#agent, headers: { authorization: AUTHORIZATION, ...headers } },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
          );
          answer.on('error', reject);
        },
      );
      asked.on('error', reject);
      asked.end(JSON.stringify(body));
    });
    if (status !== 200) throw new Error(`${method} ${path} was answered with ${status}: ${text}`);
    return text === '' ? {} : JSON.parse(text);
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Runs `work` for each item, eight at a time. */
export async function forEachAtOnce<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
  atOnce = 8,
): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

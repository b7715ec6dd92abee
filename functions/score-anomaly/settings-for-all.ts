import { GetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { once } from '../../shared/once.ts';
import { withOverrides, type ScoringSettings } from '../../shared/scoring-settings.ts';

/** A change is seen after this at the latest; the promise is 30 s. */
const REFRESH_MS = 25_000;

const itemSchema = once(() =>
  z.object({
    T: z.optional(z.object({ N: z.string() })),
    alpha0: z.optional(z.object({ N: z.string() })),
    beta: z.optional(z.object({ N: z.string() })),
    threshold: z.optional(z.object({ N: z.string() })),
    mode: z.optional(z.object({ S: z.enum(['robust', 'classic']) })),
  }),
);

/**
 * The settings that hold for all devices: the deployed defaults, and over them the item `scope = all` of the
 * settings table. Read once in 25 s and container, so no reading pays for it.
 */
export class SettingsForAll {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #defaults: ScoringSettings;
  readonly #now: () => number;
  #settings: ScoringSettings;
  #readAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: {
    client: DynamoDBClient;
    tableName: string;
    defaults: ScoringSettings;
    now: () => number;
  }) {
    this.#client = options.client;
    this.#tableName = options.tableName;
    this.#defaults = options.defaults;
    this.#now = options.now;
    this.#settings = options.defaults;
  }

  async get(): Promise<ScoringSettings> {
    const now = this.#now();
    if (now - this.#readAtMs < REFRESH_MS) return this.#settings;
    const { Item: item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#tableName, Key: { scope: { S: 'all' } } }),
    );
    this.#settings = item === undefined ? this.#defaults : this.#read(item);
    this.#readAtMs = now;
    return this.#settings;
  }

  #read(item: unknown): ScoringSettings {
    const { T, alpha0, beta, threshold, mode } = itemSchema().parse(item);
    return withOverrides(this.#defaults, {
      ...(T && { T: Number(T.N) }),
      ...(alpha0 && { alpha0: Number(alpha0.N) }),
      ...(beta && { beta: Number(beta.N) }),
      ...(threshold && { threshold: Number(threshold.N) }),
      ...(mode && { mode: mode.S }),
    });
  }
}

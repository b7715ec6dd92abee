import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

export interface Topic {
  readonly arn: string;
  /** As they were set, by SNS's names. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** See database.ts. */
const STATES = ['pending', 'confirmed', 'deleted'] as const;

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** As they were set, by SNS's names. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly state: (typeof STATES)[number];
  /** What its endpoint confirms it with; undefined when it was never asked to. */
  readonly token: string | undefined;
  /** When the token was made. */
  readonly tokenAtMs: number;
  /** Whether it takes a signed request to end it: `AuthenticateOnUnsubscribe`. */
  readonly isAuthenticated: boolean;
}

export interface SubscriptionCounts {
  readonly confirmed: number;
  readonly pending: number;
  readonly deleted: number;
  /** Of those that are not deleted. */
  readonly filterPolicies: number;
}

/** Topics and subscriptions. Lists are in the order of ARNs, and have no subscription that is deleted. */
export interface SnsStore {
  findTopic(arn: string): Topic | undefined;
  saveTopic(topic: Topic): void;
  /** With its subscriptions and what was to be delivered to them; that there is none is no error. */
  removeTopic(arn: string): void;
  /** At most `limit` topics behind an ARN. */
  listTopics(after: string, limit: number): Topic[];
  countTopics(): number;
  /** One that is deleted is found as well. */
  findSubscription(arn: string): Subscription | undefined;
  findSubscriptionOf(topicArn: string, protocol: string, endpoint: string): Subscription | undefined;
  findByToken(topicArn: string, token: string): Subscription | undefined;
  saveSubscription(subscription: Subscription): void;
  removeSubscription(arn: string): void;
  /** At most `limit` subscriptions behind an ARN, of one topic or of all. */
  listSubscriptions(topicArn: string | undefined, after: string, limit: number): Subscription[];
  countSubscriptions(topicArn: string): SubscriptionCounts;
}

export function createStore(sql: DatabaseSync): SnsStore {
  const topicByArn = sql.prepare('SELECT * FROM topics WHERE arn = ?');
  const upsertTopic = sql.prepare(
    'INSERT INTO topics VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET attributes = excluded.attributes, tags = excluded.tags',
  );
  const deleteTopic = sql.prepare('DELETE FROM topics WHERE arn = ?');
  const topics = sql.prepare('SELECT * FROM topics WHERE arn > ? ORDER BY arn LIMIT ?');
  const topicCount = sql.prepare('SELECT count(*) AS count FROM topics');
  const byArn = sql.prepare('SELECT * FROM subscriptions WHERE arn = ?');
  const byEndpoint = sql.prepare(
    'SELECT * FROM subscriptions WHERE topic_arn = ? AND protocol = ? AND endpoint = ?',
  );
  const byToken = sql.prepare('SELECT * FROM subscriptions WHERE topic_arn = ? AND token = ?');
  const upsert = sql.prepare(
    `INSERT INTO subscriptions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (arn) DO UPDATE SET attributes = excluded.attributes, state = excluded.state,
       token = excluded.token, token_at_ms = excluded.token_at_ms, is_authenticated = excluded.is_authenticated`,
  );
  const remove = sql.prepare('DELETE FROM subscriptions WHERE arn = ?');
  const ofTopic = sql.prepare(
    `SELECT * FROM subscriptions WHERE topic_arn = ? AND arn > ? AND state <> 'deleted' ORDER BY arn LIMIT ?`,
  );
  const all = sql.prepare(
    `SELECT * FROM subscriptions WHERE arn > ? AND state <> 'deleted' ORDER BY arn LIMIT ?`,
  );
  const count = sql.prepare(
    `SELECT sum(state = 'confirmed') AS confirmed, sum(state = 'pending') AS pending,
       sum(state = 'deleted') AS deleted,
       sum(state <> 'deleted' AND json_extract(attributes, '$.FilterPolicy') IS NOT NULL) AS filter_policies
     FROM subscriptions WHERE topic_arn = ?`,
  );

  return {
    findTopic: (arn) => optional(topicByArn.get(arn), readTopic),
    saveTopic({ arn, attributes, tags }) {
      upsertTopic.run(arn, JSON.stringify(attributes), JSON.stringify(tags));
    },
    removeTopic: (arn) => void deleteTopic.run(arn),
    listTopics: (after, limit) => topics.all(after, limit).map(readTopic),
    countTopics: () => Number(topicCount.get()?.['count']),
    findSubscription: (arn) => optional(byArn.get(arn), readSubscription),
    findSubscriptionOf: (topicArn, protocol, endpoint) =>
      optional(byEndpoint.get(topicArn, protocol, endpoint), readSubscription),
    findByToken: (topicArn, token) => optional(byToken.get(topicArn, token), readSubscription),
    saveSubscription(subscription) {
      const { arn, topicArn, protocol, endpoint, attributes, state, token, tokenAtMs } = subscription;
      const isAuthenticated = subscription.isAuthenticated ? 1 : 0;
      const texts = JSON.stringify(attributes);
      upsert.run(arn, topicArn, protocol, endpoint, texts, state, token ?? null, tokenAtMs, isAuthenticated);
    },
    removeSubscription: (arn) => void remove.run(arn),
    listSubscriptions(topicArn, after, limit) {
      const rows = topicArn === undefined ? all.all(after, limit) : ofTopic.all(topicArn, after, limit);
      return rows.map(readSubscription);
    },
    countSubscriptions(topicArn) {
      const row = count.get(topicArn) ?? {};
      return {
        confirmed: Number(row['confirmed']),
        pending: Number(row['pending']),
        deleted: Number(row['deleted']),
        filterPolicies: Number(row['filter_policies']),
      };
    },
  };
}

type Row = Readonly<Record<string, unknown>>;

const texts = z.record(z.string(), z.string());
const states = z.enum(STATES);

function readTopic(row: Row): Topic {
  return {
    arn: String(row['arn']),
    attributes: texts.parse(JSON.parse(String(row['attributes']))),
    tags: texts.parse(JSON.parse(String(row['tags']))),
  };
}

function readSubscription(row: Row): Subscription {
  const { token } = row;
  return {
    arn: String(row['arn']),
    topicArn: String(row['topic_arn']),
    protocol: String(row['protocol']),
    endpoint: String(row['endpoint']),
    attributes: texts.parse(JSON.parse(String(row['attributes']))),
    state: states.parse(row['state']),
    token: typeof token === 'string' ? token : undefined,
    tokenAtMs: Number(row['token_at_ms']),
    isAuthenticated: row['is_authenticated'] === 1,
  };
}

function optional<Value>(row: Row | undefined, read: (row: Row) => Value): Value | undefined {
  return row === undefined ? undefined : read(row);
}

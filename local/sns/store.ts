import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { openVersionedFile } from '../versioned-file.ts';

/** Moves with every change of the tables below. */
const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE topics (
    arn TEXT PRIMARY KEY,
    attributes TEXT NOT NULL,
    tags TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE subscriptions (
    arn TEXT PRIMARY KEY,
    topic_arn TEXT NOT NULL REFERENCES topics (arn) ON DELETE CASCADE,
    protocol TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    attributes TEXT NOT NULL,
    token TEXT,
    UNIQUE (topic_arn, protocol, endpoint)
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

export interface Topic {
  readonly arn: string;
  /** As they were set, by SNS's names. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What its endpoint has to confirm it with; undefined when it is confirmed. */
  readonly token: string | undefined;
}

/** Topics and subscriptions, kept in one file. Lists are in the order of ARNs. */
export interface SnsStore {
  findTopic(arn: string): Topic | undefined;
  saveTopic(topic: Topic): void;
  /** With its subscriptions; that there is none is no error. */
  removeTopic(arn: string): void;
  /** At most `limit` topics behind an ARN. */
  listTopics(after: string, limit: number): Topic[];
  countTopics(): number;
  findSubscription(arn: string): Subscription | undefined;
  findSubscriptionOf(topicArn: string, protocol: string, endpoint: string): Subscription | undefined;
  saveSubscription(subscription: Subscription): void;
  removeSubscription(arn: string): void;
  /** At most `limit` subscriptions behind an ARN, of one topic or of all. */
  listSubscriptions(topicArn: string | undefined, after: string, limit: number): Subscription[];
  countSubscriptions(topicArn: string): { readonly confirmed: number; readonly pending: number };
  /** Deletes all topics and subscriptions. */
  clear(): void;
  close(): void;
}

/** @throws ConfigurationError TOPIC_FILE_UNUSABLE when the file cannot be opened or is of another version. */
export function openStore(file: string): SnsStore {
  const sql = open(file);
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
  const upsert = sql.prepare(
    `INSERT INTO subscriptions VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (arn) DO UPDATE SET attributes = excluded.attributes, token = excluded.token`,
  );
  const remove = sql.prepare('DELETE FROM subscriptions WHERE arn = ?');
  const list = sql.prepare(
    'SELECT * FROM subscriptions WHERE topic_arn = coalesce(?, topic_arn) AND arn > ? ORDER BY arn LIMIT ?',
  );
  const count = sql.prepare(
    `SELECT count(*) - count(token) AS confirmed, count(token) AS pending FROM subscriptions WHERE topic_arn = ?`,
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
    saveSubscription({ arn, topicArn, protocol, endpoint, attributes, token }) {
      upsert.run(arn, topicArn, protocol, endpoint, JSON.stringify(attributes), token ?? null);
    },
    removeSubscription: (arn) => void remove.run(arn),
    listSubscriptions: (topicArn, after, limit) =>
      list.all(topicArn ?? null, after, limit).map(readSubscription),
    countSubscriptions(topicArn) {
      const row = count.get(topicArn);
      return { confirmed: Number(row?.['confirmed']), pending: Number(row?.['pending']) };
    },
    clear: () => sql.exec('DELETE FROM subscriptions; DELETE FROM topics'),
    close: () => sql.close(),
  };
}

type Row = Readonly<Record<string, unknown>>;

const texts = z.record(z.string(), z.string());

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
    token: typeof token === 'string' ? token : undefined,
  };
}

function optional<Value>(row: Row | undefined, read: (row: Row) => Value): Value | undefined {
  return row === undefined ? undefined : read(row);
}

function open(file: string): DatabaseSync {
  return openVersionedFile({
    file,
    schema: SCHEMA,
    version: SCHEMA_VERSION,
    code: 'TOPIC_FILE_UNUSABLE',
    message: (reason) =>
      `The topics cannot be kept in ${file}: ${reason}. Check that the folder may be written; the file ` +
      'may be deleted, topics that were made by the API and their subscriptions are lost then.',
  });
}

import type { DatabaseSync } from 'node:sqlite';
import { openVersionedFile } from '../versioned-file.ts';

/** Moves with every change of the tables below. */
const SCHEMA_VERSION = 2;

/**
 * A subscription is in one of three states:
 *
 *   pending    its endpoint has been sent a token, and has not come back with it
 *   confirmed  it gets notifications
 *   deleted    it was ended by a link that anybody may open; its endpoint may take it back by a token
 *
 * A delivery is one that is still to be made: the first of one over HTTP, or another try.
 */
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
    state TEXT NOT NULL,
    token TEXT,
    token_at_ms INTEGER NOT NULL,
    is_authenticated INTEGER NOT NULL,
    UNIQUE (topic_arn, protocol, endpoint)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subscription_arn TEXT NOT NULL REFERENCES subscriptions (arn) ON DELETE CASCADE,
    notification TEXT NOT NULL,
    retries INTEGER NOT NULL,
    due_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX deliveries_by_subscription ON deliveries (subscription_arn);
  CREATE TABLE sms_attributes (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE opted_out (phone_number TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE signing_keys (private_key TEXT NOT NULL, certificate TEXT NOT NULL) STRICT;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/**
 * Opens the file of topics and all that belongs to them.
 *
 * @param file in a folder that exists; `:memory:` keeps nothing.
 * @throws ConfigurationError TOPIC_FILE_UNUSABLE when the file cannot be opened or is of another version.
 */
export function openDatabase(file: string): DatabaseSync {
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

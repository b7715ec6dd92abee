import type { DatabaseSync } from 'node:sqlite';
import { openVersionedFile } from '../versioned-file.ts';

/** Moves with every change of the tables below. */
const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE buses (
    name TEXT PRIMARY KEY,
    definition TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE rules (
    bus_name TEXT NOT NULL,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    targets TEXT NOT NULL,
    PRIMARY KEY (bus_name, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE schedules (
    rule_arn TEXT PRIMARY KEY,
    expression TEXT NOT NULL,
    began_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** What was made by the API, as JSON, and when the rates of all rules began, kept in one file. */
export interface EventBridgeStore {
  buses(): { readonly name: string; readonly definition: unknown }[];
  saveBus(name: string, definition: object): void;
  removeBus(name: string): void;
  rules(): { readonly definition: unknown; readonly targets: unknown }[];
  saveRule(busName: string, name: string, definition: object, targets: readonly object[]): void;
  removeRule(busName: string, name: string): void;
  /**
   * When a rule began to count: `nowMs` for one that has another expression than before, or none. So a rate of a
   * day is due although the cloud runs for hours only.
   */
  began(ruleArn: string, expression: string, nowMs: number): number;
  forgetSchedule(ruleArn: string): void;
  /** Empties it. */
  reset(): void;
  close(): void;
}

/**
 * @param file in a folder that exists; `:memory:` keeps nothing.
 * @throws ConfigurationError EVENT_FILE_UNUSABLE when the file cannot be opened or is of another version.
 */
export function openStore(file: string): EventBridgeStore {
  const sql = open(file);
  const buses = sql.prepare('SELECT name, definition FROM buses ORDER BY name');
  const saveBus = sql.prepare(
    'INSERT INTO buses VALUES (?, ?) ON CONFLICT DO UPDATE SET definition = excluded.definition',
  );
  const removeBus = sql.prepare('DELETE FROM buses WHERE name = ?');
  const rules = sql.prepare('SELECT definition, targets FROM rules ORDER BY bus_name, name');
  const saveRule = sql.prepare(
    `INSERT INTO rules VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET definition = excluded.definition, targets = excluded.targets`,
  );
  const removeRule = sql.prepare('DELETE FROM rules WHERE bus_name = ? AND name = ?');
  // An expression that has not changed keeps the instant at which it began.
  const begin = sql.prepare(
    `INSERT INTO schedules VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET expression = excluded.expression, began_at_ms = excluded.began_at_ms
     WHERE expression <> excluded.expression`,
  );
  const beganAt = sql.prepare('SELECT began_at_ms FROM schedules WHERE rule_arn = ?');
  const forget = sql.prepare('DELETE FROM schedules WHERE rule_arn = ?');

  return {
    buses: () =>
      buses.all().map(({ name, definition }) => ({ name: String(name), definition: read(definition) })),
    saveBus: (name, definition) => void saveBus.run(name, JSON.stringify(definition)),
    removeBus: (name) => void removeBus.run(name),
    rules: () =>
      rules
        .all()
        .map(({ definition, targets }) => ({ definition: read(definition), targets: read(targets) })),
    saveRule: (busName, name, definition, targets) =>
      void saveRule.run(busName, name, JSON.stringify(definition), JSON.stringify(targets)),
    removeRule: (busName, name) => void removeRule.run(busName, name),
    began(ruleArn, expression, nowMs) {
      begin.run(ruleArn, expression, nowMs);
      return Number(beganAt.get(ruleArn)?.['began_at_ms']);
    },
    forgetSchedule: (ruleArn) => void forget.run(ruleArn),
    reset: () => sql.exec('BEGIN; DELETE FROM rules; DELETE FROM buses; DELETE FROM schedules; COMMIT;'),
    close: () => sql.close(),
  };
}

function read(json: unknown): unknown {
  return JSON.parse(String(json));
}

function open(file: string): DatabaseSync {
  return openVersionedFile({
    file,
    schema: SCHEMA,
    version: SCHEMA_VERSION,
    code: 'EVENT_FILE_UNUSABLE',
    message: (reason) =>
      `Event buses and rules cannot be kept in ${file}: ${reason}. Check that the folder may be written; ` +
      'the file may be deleted, what was made by the API is lost then.',
  });
}

import type { RegistryDatabase, TableSet } from './database.ts';

/** The kinds of events that UpdateEventConfigurations turns on and off. */
export const EVENT_TYPES = [
  'THING',
  'THING_GROUP',
  'THING_TYPE',
  'THING_GROUP_MEMBERSHIP',
  'THING_GROUP_HIERARCHY',
  'THING_TYPE_ASSOCIATION',
  'JOB',
  'JOB_EXECUTION',
  'POLICY',
  'CERTIFICATE',
  'CA_CERTIFICATE',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** Puts a message of the cloud's own on a topic. */
export type PublishEvent = (topic: string, payload: string) => void;

export const eventTables: TableSet = {
  name: 'events',
  version: 1,
  schema: `
    CREATE TABLE event_configurations (type TEXT PRIMARY KEY, enabled INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE event_configuration_dates (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      created_at INTEGER NOT NULL,
      modified_at INTEGER NOT NULL
    ) STRICT;
  `,
};

export interface EventConfigurations {
  readonly enabled: ReadonlySet<EventType>;
  /** Milliseconds since the epoch; undefined until something was configured. */
  readonly createdAt: number | undefined;
  readonly modifiedAt: number | undefined;
}

export interface RegistryEvents {
  /**
   * Publishes on `$aws/events/<topic>` when events of `type` are on. `eventId` and `timestamp` (milliseconds) are
   * filled in; the body is made only when it is needed.
   */
  emit(type: EventType, topic: string, body: () => Readonly<Record<string, unknown>>): void;
  configurations(): EventConfigurations;
  configure(changes: ReadonlyMap<EventType, boolean>): void;
}

/** The registry's events, which are all off at first, as on AWS. */
export function createEvents(options: {
  readonly database: RegistryDatabase;
  readonly publish: PublishEvent;
  readonly now: () => number;
  readonly newId: () => string;
}): RegistryEvents {
  const { database, publish, now, newId } = options;
  let enabled = readEnabled(database);
  database.onReset(() => (enabled = readEnabled(database)));

  return {
    emit(type, topic, body) {
      if (!enabled.has(type)) return;
      const { eventType, ...rest } = body();
      const payload = { eventType, eventId: newId().replaceAll('-', ''), timestamp: now(), ...rest };
      const text = JSON.stringify(payload);
      database.afterCommit(() => publish(`$aws/events/${topic}`, text));
    },
    configurations() {
      const dates = database.statement('SELECT created_at, modified_at FROM event_configuration_dates').get();
      return {
        enabled,
        createdAt: dates === undefined ? undefined : Number(dates['created_at']),
        modifiedAt: dates === undefined ? undefined : Number(dates['modified_at']),
      };
    },
    configure(changes) {
      database.transaction(() => {
        const set = database.statement(
          'INSERT INTO event_configurations (type, enabled) VALUES (?, ?) ON CONFLICT DO UPDATE SET enabled = excluded.enabled',
        );
        for (const [type, isEnabled] of changes) set.run(type, isEnabled ? 1 : 0);
        database
          .statement(
            `INSERT INTO event_configuration_dates (id, created_at, modified_at) VALUES (1, ?1, ?1)
             ON CONFLICT DO UPDATE SET modified_at = excluded.modified_at`,
          )
          .run(now());
      });
      enabled = readEnabled(database);
    },
  };
}

function readEnabled(database: RegistryDatabase): Set<EventType> {
  const rows = database.statement('SELECT type FROM event_configurations WHERE enabled = 1').all();
  const types = new Set(rows.map(({ type }) => String(type)));
  return new Set(EVENT_TYPES.filter((type) => types.has(type)));
}

import { z } from 'zod';
import type { RegistryDatabase, TableSet } from './database.ts';
import { invalidRequest, iotError } from './errors.ts';
import { type Page, type PageRequest, readPage } from './paging.ts';

/** `generation` 1 is of Get/SetLoggingOptions, 2 of Get/SetV2LoggingOptions: AWS keeps them apart. */
export const loggingTables: TableSet = {
  name: 'logging',
  version: 1,
  schema: `
    CREATE TABLE logging_options (generation INTEGER PRIMARY KEY, content TEXT NOT NULL) STRICT;
    CREATE TABLE logging_levels (
      target_type TEXT NOT NULL,
      target_name TEXT NOT NULL,
      level TEXT NOT NULL,
      PRIMARY KEY (target_type, target_name)
    ) STRICT, WITHOUT ROWID;
  `,
};

const logLevel = z.enum(['DEBUG', 'INFO', 'ERROR', 'WARN', 'DISABLED']);
export type LogLevel = z.infer<typeof logLevel>;

const targetType = z.enum(['DEFAULT', 'THING_GROUP', 'CLIENT_ID', 'SOURCE_IP', 'PRINCIPAL_ID']);
export type LogTargetType = z.infer<typeof targetType>;

const firstOptions = z.object({ roleArn: z.string(), logLevel: logLevel.default('DISABLED') });
export type FirstLoggingOptions = z.infer<typeof firstOptions>;

const secondOptions = z.object({
  roleArn: z.string().optional(),
  defaultLogLevel: logLevel.optional(),
  disableAllLogs: z.boolean().default(false),
  eventConfigurations: z
    .array(
      z.object({
        eventType: z.string(),
        logLevel: logLevel.optional(),
        logDestination: z.string().optional(),
      }),
    )
    .optional(),
});
export type SecondLoggingOptions = z.infer<typeof secondOptions>;

export interface LoggingLevel {
  readonly targetType: LogTargetType;
  /** Undefined for DEFAULT, of which there is one. */
  readonly targetName: string | undefined;
  readonly level: LogLevel;
}

/** AWS publishes no number; so many targets are more than a fleet's log can be read with. */
const MAX_TARGETS = 1_000;

/** The options of the older kind; undefined before they are set. */
export function readFirstOptions(database: RegistryDatabase): FirstLoggingOptions | undefined {
  const content = readContent(database, 1);
  return content === undefined ? undefined : firstOptions.parse(content);
}

/** @throws AwsApiError never for what a binding has checked */
export function writeFirstOptions(database: RegistryDatabase, options: unknown): void {
  writeContent(database, 1, firstOptions.parse(options));
}

/** @throws AwsApiError `NotConfiguredException` before they are set */
export function requireSecondOptions(database: RegistryDatabase): SecondLoggingOptions {
  const content = readContent(database, 2);
  if (content !== undefined) return secondOptions.parse(content);
  throw iotError('NotConfiguredException', 'Logging is not configured: SetV2LoggingOptions does it');
}

/** Changes the options that are given; the others stay. */
export function changeSecondOptions(database: RegistryDatabase, changes: object): void {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const there = z.looseObject({}).parse(readContent(database, 2) ?? {});
  writeContent(database, 2, secondOptions.parse({ ...there, ...Object.fromEntries(given) }));
}

/**
 * Sets the level of a target; that of DEFAULT is the options' `defaultLogLevel`.
 *
 * @throws AwsApiError `NotConfiguredException`, `InvalidRequestException` for a target that lacks its name or has
 *   one too many, `LimitExceededException`.
 */
export function setLevel(database: RegistryDatabase, level: LoggingLevel): void {
  const { targetType: type, targetName: name = '' } = level;
  requireSecondOptions(database);
  if ((type === 'DEFAULT') !== (name === '')) {
    throw invalidRequest(
      type === 'DEFAULT' ? 'The target DEFAULT has no targetName' : `A target ${type} needs a targetName`,
    );
  }
  if (type === 'DEFAULT') {
    changeSecondOptions(database, { defaultLogLevel: level.level });
    return;
  }
  database.transaction(() => {
    database
      .statement('INSERT OR REPLACE INTO logging_levels (target_type, target_name, level) VALUES (?, ?, ?)')
      .run(type, name, level.level);
    const row = database.statement('SELECT count(*) AS n FROM logging_levels').get();
    if (Number(row?.['n']) > MAX_TARGETS) {
      throw iotError('LimitExceededException', `At most ${MAX_TARGETS} targets have levels of their own`);
    }
  });
}

/** Deletes the level of a target, which need not have one. @throws AwsApiError `InvalidRequestException` for DEFAULT */
export function deleteLevel(database: RegistryDatabase, type: LogTargetType, name: string): void {
  if (type === 'DEFAULT') throw invalidRequest('The level of the target DEFAULT cannot be deleted');
  database.statement('DELETE FROM logging_levels WHERE target_type = ? AND target_name = ?').run(type, name);
}

/** The levels by target, DEFAULT's among them once it is set. @throws AwsApiError `NotConfiguredException` */
export function listLevels(
  database: RegistryDatabase,
  request: PageRequest & { readonly targetType?: LogTargetType | undefined },
): Page<LoggingLevel> {
  const { defaultLogLevel } = requireSecondOptions(database);
  const kept = database
    .statement('SELECT target_type, target_name, level FROM logging_levels')
    .all()
    .map((row): LoggingLevel => ({
      targetType: targetType.parse(row['target_type']),
      targetName: String(row['target_name']),
      level: logLevel.parse(row['level']),
    }));
  const byDefault: LoggingLevel[] =
    defaultLogLevel === undefined
      ? []
      : [{ targetType: 'DEFAULT', targetName: undefined, level: defaultLogLevel }];
  const keyOf = (one: LoggingLevel): string => `${one.targetType} ${one.targetName ?? ''}`;
  const wanted = [...byDefault, ...kept]
    .filter((one) => request.targetType === undefined || one.targetType === request.targetType)
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return readPage(request, {
    scope: ['ListV2LoggingLevels', request.targetType],
    defaultResults: 25,
    read: (after, limit) => wanted.filter((one) => keyOf(one) > after).slice(0, limit),
    keyOf,
  });
}

function readContent(database: RegistryDatabase, generation: number): unknown {
  const row = database.statement('SELECT content FROM logging_options WHERE generation = ?').get(generation);
  return row === undefined ? undefined : JSON.parse(String(row['content']));
}

function writeContent(database: RegistryDatabase, generation: number, content: object): void {
  database
    .statement('INSERT OR REPLACE INTO logging_options (generation, content) VALUES (?, ?)')
    .run(generation, JSON.stringify(content));
}

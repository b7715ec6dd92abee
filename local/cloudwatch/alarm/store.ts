import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { ALARM_STATES } from '../alarm-states.ts';
import { METRIC_UNITS } from '../metric.ts';
import type { Alarm } from './alarm.ts';
import { COMPARISON_OPERATORS } from './comparison.ts';
import type { AlarmDefinition } from './definition.ts';
import { TREATMENTS } from './evaluate.ts';

/** Alarms in the order of their names, in memory and in a database. */
export interface AlarmStore {
  find(alarmName: string): Alarm | undefined;
  list(): Alarm[];
  save(alarm: Alarm): void;
  remove(alarmName: string): void;
  clear(): void;
  readonly size: number;
}

const texts = z.array(z.string());
const definitionSchema = z.object({
  alarmName: z.string(),
  description: z.string().exactOptional(),
  actionsEnabled: z.boolean(),
  okActions: texts,
  alarmActions: texts,
  insufficientDataActions: texts,
  metric: z.object({
    namespace: z.string(),
    name: z.string(),
    dimensions: z.record(z.string(), z.string()),
  }),
  statistic: z.string(),
  periodSeconds: z.number(),
  unit: z.enum(METRIC_UNITS).exactOptional(),
  evaluationPeriods: z.number(),
  datapointsToAlarm: z.number().exactOptional(),
  comparisonOperator: z.enum(COMPARISON_OPERATORS),
  threshold: z.number(),
  treatMissingData: z.enum(TREATMENTS).exactOptional(),
  evaluateLowSampleCountPercentile: z.enum(['evaluate', 'ignore']).exactOptional(),
}) satisfies z.ZodType<AlarmDefinition>;
const tagsSchema = z.record(z.string(), z.string());
const stateSchema = z.enum(ALARM_STATES);

/** Keeps alarms in a database that `openDatabase` has opened. */
export function openAlarmStore(database: DatabaseSync): AlarmStore {
  const upsert = database.prepare('INSERT OR REPLACE INTO alarms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM alarms WHERE name = ?');
  const alarms = new Map<string, Alarm>();
  for (const row of database.prepare('SELECT * FROM alarms').all()) {
    alarms.set(String(row['name']), readRow(row));
  }

  return {
    find: (alarmName) => alarms.get(alarmName),
    list: () => [...alarms.values()].sort((a, b) => compare(a.definition.alarmName, b.definition.alarmName)),
    save(alarm) {
      const { definition, state, isDeclared, tags, configuredAtMs } = alarm;
      const { alarmName } = definition;
      upsert.run(
        alarmName,
        JSON.stringify(definition),
        Number(isDeclared),
        JSON.stringify(tags),
        configuredAtMs,
        state.value,
        state.reason,
        state.reasonData ?? null,
        state.updatedAtMs,
      );
      alarms.set(alarmName, alarm);
    },
    remove(alarmName) {
      remove.run(alarmName);
      alarms.delete(alarmName);
    },
    clear() {
      database.exec('DELETE FROM alarms');
      alarms.clear();
    },
    get size() {
      return alarms.size;
    },
  };
}

function readRow(row: Readonly<Record<string, unknown>>): Alarm {
  const reasonData = row['state_reason_data'];
  return {
    definition: definitionSchema.parse(JSON.parse(String(row['definition']))),
    isDeclared: Number(row['is_declared']) === 1,
    tags: tagsSchema.parse(JSON.parse(String(row['tags']))),
    configuredAtMs: Number(row['configured_at_ms']),
    state: {
      value: stateSchema.parse(row['state_value']),
      reason: String(row['state_reason']),
      ...(typeof reasonData === 'string' ? { reasonData } : {}),
      updatedAtMs: Number(row['state_updated_at_ms']),
    },
  };
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

import { createHash } from 'node:crypto';
import type { AlarmStateValue } from '../alarm-states.ts';
import type { AlarmDefinition } from './definition.ts';

/** The state of an alarm. */
export interface AlarmState {
  readonly value: AlarmStateValue;
  readonly reason: string;
  /** JSON. */
  readonly reasonData?: string;
  /** When it came into this state. Milliseconds since the epoch. */
  readonly updatedAtMs: number;
}

export interface Alarm {
  readonly definition: AlarmDefinition;
  readonly state: AlarmState;
  /** Whether the template has it. */
  readonly isDeclared: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly configuredAtMs: number;
}

/** Where alarms are. */
export interface AlarmPlace {
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
}

export function alarmArn({ accountId, region }: AlarmPlace, alarmName: string): string {
  return `arn:aws:cloudwatch:${region}:${accountId}:alarm:${alarmName}`;
}

/** The id that events give the one metric of an alarm: always the same, in the form of a UUID. */
export function metricIdOf(place: AlarmPlace, alarmName: string): string {
  const hex = createHash('sha256').update(alarmArn(place, alarmName)).digest('hex');
  return [0, 8, 12, 16, 20]
    .map((start, index, starts) => hex.slice(start, starts[index + 1] ?? 32))
    .join('-');
}

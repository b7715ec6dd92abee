import * as z from 'zod/mini';
import { COMMAND_LIFE_MS, type NewCommand } from '../../shared/greenhouse/command.ts';
import type { Position } from '../../shared/greenhouse/position.ts';
import { once } from '../../shared/once.ts';
import { RejectedInputError } from '../../shared/rejections.ts';

/** Which alarms decide where a shade goes, and of which zone: see control.alarms.yml. */
export interface AlarmSettings {
  readonly zone: string;
  /** Names of alarms. */
  readonly shadeAlarm: string;
  readonly reopenAlarm: string;
}

/** What an alarm asks for. It has no number yet, for that the zone's other commands have to be known. */
export type AlarmOrder = Omit<NewCommand, 'sequence'>;

/** SNS calls a function with one notification at a time. */
const eventSchema = once(() =>
  z.object({
    Records: z
      .array(z.object({ EventSource: z.literal('aws:sns'), Sns: z.object({ Message: z.string() }) }))
      .check(z.length(1)),
  }),
);

/** What CloudWatch tells of an alarm; there is more in it. */
const messageSchema = once(() =>
  z.object({
    AlarmName: z.string(),
    NewStateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
    NewStateReason: z.string(),
    /** `2026-06-01T12:15:00.000+0000` */
    StateChangeTime: z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:\+0000|Z)$/)),
  }),
);

/** AWS lets a reason be as long; a command carries no more of it. */
const MAX_WHY = 1_023;

/** Whether an event came by SNS. Whether it can be used is another matter. */
export function isNotification(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'Records' in event;
}

/**
 * Reads what SNS tells of an alarm.
 *
 * @param alarms undefined where no alarm decides
 * @returns undefined when the alarm is over, or knows nothing: only the other alarm moves the shade back
 * @throws RejectedInputError ALARMS_OFF, ALARM_UNREADABLE with the field, ALARM_UNKNOWN
 */
export function parseAlarm(event: unknown, alarms: AlarmSettings | undefined): AlarmOrder | undefined {
  if (alarms === undefined) {
    const message = 'no alarm moves a shade here: watch-lux decides (shadeControl: dwell)';
    throw new RejectedInputError('ALARMS_OFF', message);
  }
  const notification = read(eventSchema(), event, '');
  const [record] = notification.Records;
  const told = read(messageSchema(), parseJson(record?.Sns.Message ?? ''), 'Records.0.Sns.Message');
  const target = targetOf(told.AlarmName, alarms);
  if (told.NewStateValue !== 'ALARM') return undefined;
  const createdAtMs = Date.parse(told.StateChangeTime.replace('+0000', 'Z'));
  return {
    zone: alarms.zone,
    target,
    reason: 'alarm',
    why: `${told.AlarmName}: ${told.NewStateReason}`.slice(0, MAX_WHY),
    attempt: 1,
    createdAtMs,
    expiresAtMs: createdAtMs + COMMAND_LIFE_MS,
  };
}

function targetOf(alarmName: string, { shadeAlarm, reopenAlarm }: AlarmSettings): Position {
  if (alarmName === shadeAlarm) return 'shaded';
  if (alarmName === reopenAlarm) return 'open';
  throw new RejectedInputError(
    'ALARM_UNKNOWN',
    `the alarm "${alarmName.slice(0, 255)}" moves nothing; "${shadeAlarm}" and "${reopenAlarm}" do`,
    'Records.0.Sns.Message.AlarmName',
  );
}

function read<Schema extends z.ZodMiniType>(schema: Schema, value: unknown, at: string): z.output<Schema> {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = [...(at === '' ? [] : [at]), ...(issue?.path ?? [])].join('.');
  const where = field === '' ? '' : ` at "${field}"`;
  throw new RejectedInputError(
    'ALARM_UNREADABLE',
    `the notification tells of no alarm${where}: ${issue?.message ?? 'wrong shape'}`,
    field,
  );
}

/** What is no JSON becomes null, which the schema refuses. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

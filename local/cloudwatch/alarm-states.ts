export const ALARM_STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

/** What an alarm says of its metric. */
export type AlarmStateValue = (typeof ALARM_STATES)[number];

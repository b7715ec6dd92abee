/** The services whose messages are kept and go no further. */
export const OUTBOX_KINDS = [
  'kinesis',
  'step-functions',
  'timestream',
  'open-search',
  'sms',
  'email',
] as const;

export type OutboxKind = (typeof OUTBOX_KINDS)[number];

/** The file of a kind in the outbox's folder. */
export function outboxFile(kind: OutboxKind): string {
  return `${kind}.ndjson`;
}

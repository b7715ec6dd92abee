/** AWS's levels of the entries that this cloud writes, from the loudest to the one only developers read. */
export const LOG_LEVELS = ['ERROR', 'WARN', 'INFO', 'DEBUG'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * What is told of one event, in the fields of the log group AWSIotLogsV2. Source: "CloudWatch AWS IoT log
 * entries" in the developer guide. Who records one leaves out what every entry has: when, and in which account.
 */
export interface LogFields {
  readonly logLevel: LogLevel;
  readonly traceId?: string;
  readonly status: 'Success' | 'Failure';
  /** `RuleMatch`, `RuleExecution`, `Connect`, `Publish-In`, `Subscribe`, … */
  readonly eventType: string;
  readonly protocol?: 'MQTT' | 'HTTP';
  readonly clientId?: string;
  readonly principalId?: string;
  readonly sourceIp?: string;
  readonly sourcePort?: number;
  readonly topicName?: string;
  readonly ruleName?: string;
  /** `LambdaAction`, `S3Action`, … */
  readonly ruleAction?: string;
  readonly resources?: Readonly<Record<string, string>>;
  readonly disconnectReason?: string;
  /** A word that programs can read. */
  readonly reason?: string;
  /** A sentence for people. */
  readonly details?: string;
  /** What AWS does not tell: what a rule saw and made of a message, and how long it took. */
  readonly glasshouse?: Readonly<Record<string, unknown>>;
}

/** One entry as it is read. */
export interface LogEntry extends LogFields {
  /** `YYYY-MM-DD HH:MM:SS.mmm`, UTC. */
  readonly timestamp: string;
  readonly accountId: string;
  readonly glasshouse: Readonly<Record<string, unknown>> & {
    /** Grows with every record; entries of one record share it. */
    readonly sequence: number;
  };
}

/** The entry of some fields, in AWS's order of fields. */
export function entryOf(
  fields: LogFields,
  at: { ms: number; accountId: string; sequence: number },
): LogEntry {
  const { logLevel, traceId, glasshouse, ...rest } = fields;
  return {
    timestamp: timestampOf(at.ms),
    logLevel,
    ...(traceId === undefined ? {} : { traceId }),
    accountId: at.accountId,
    ...rest,
    glasshouse: { sequence: at.sequence, ...glasshouse },
  };
}

function timestampOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, -1).replace('T', ' ');
}

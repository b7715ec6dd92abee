import type { ExternalCalls } from './external/calls.ts';
import { Payload } from './payload.ts';
import type { SqlValue } from './values.ts';
import type { SqlVersion } from './version.ts';

export { Payload };

/** What an MQTT 5 message says about itself. */
export interface MqttProperties {
  readonly payloadFormatIndicator?: 'UNSPECIFIED_BYTES' | 'UTF8_DATA' | undefined;
  readonly contentType?: string | undefined;
  readonly responseTopic?: string | undefined;
  /** As base64 text. */
  readonly correlationData?: string | undefined;
  /** Keys and values in the order of the packet; a key may come more than once. */
  readonly userProperties?: readonly (readonly [key: string, value: string])[] | undefined;
}

/** What templates see of their rule. */
export interface RuleScope {
  readonly version: SqlVersion;
  /** The value of a SET variable. @throws SqlEvaluationError UNKNOWN_VARIABLE */
  variable(name: string, context: MessageContext): SqlValue;
}

/** All that an expression can see of a message. */
export interface MessageContext {
  readonly payload: Payload;
  /** As `topic()` gives it: without the prefix of Basic Ingest. */
  readonly topic: string;
  /** Twelve digits. */
  readonly accountId: string;
  readonly clientId?: string;
  readonly principal?: string;
  readonly sourceIp?: string;
  /** Only for a message that came over MQTT. */
  readonly traceId?: string;
  /** Only for a message that came over MQTT 5. */
  readonly mqtt5?: MqttProperties;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  newUuid(): string;
  /** At least 0, less than 1. */
  random(): number;
  /** The other services that SQL may ask, with their answers so far; absent when there are none. */
  readonly external?: ExternalCalls;
  /** The rule whose templates are rendered; absent for a template outside a rule. */
  readonly rule?: RuleScope;
}

/** What one gateway takes before it refuses, drops or disconnects. Broker figures are AWS IoT Core's quotas. */
export interface GatewayLimits {
  /** Network connections at the same time. @default 10_000 (AWS: 500,000 an account) */
  readonly connections: number;
  /** Time from the open connection to a whole CONNECT. @default 10_000 */
  readonly connectTimeoutMs: number;
  /** UTF-8 bytes of a client identifier. @default 128 */
  readonly clientIdBytes: number;
  /** Bytes of one message's payload. @default 131_072 */
  readonly payloadBytes: number;
  /** Bytes of an unfinished packet before its sender is cut. @default 149_504, AWS's 146 KB */
  readonly packetBytes: number;
  /** Topic filters in one SUBSCRIBE. @default 8 */
  readonly filtersPerSubscribe: number;
  /** Subscriptions of one client. @default 50 */
  readonly subscriptionsPerConnection: number;
  /** Unacknowledged QoS 1 messages on their way to one client. @default 100 */
  readonly inflightMessages: number;
  /** QoS 1 messages that wait for one client; newer ones are dropped and counted. @default 1_000 */
  readonly queuedMessages: number;
  /** Payload bytes that wait for one client. @default 16_777_216 */
  readonly queuedBytes: number;
  /** Unsent bytes of one connection: above it QoS 0 is dropped and QoS 1 waits. @default 4_194_304 */
  readonly outputBufferBytes: number;
  /** How long a persistent session outlives its connection. @default 3_600_000, AWS's default */
  readonly sessionExpiryMs: number;
  /** Persistent sessions without a connection; the one away longest goes first. @default 10_000 */
  readonly offlineSessions: number;
  /** Topics with a retained message. @default 10_000 */
  readonly retainedMessages: number;
}

export const defaultLimits: GatewayLimits = {
  connections: 10_000,
  connectTimeoutMs: 10_000,
  clientIdBytes: 128,
  payloadBytes: 128 * 1024,
  packetBytes: 146 * 1024,
  filtersPerSubscribe: 8,
  subscriptionsPerConnection: 50,
  inflightMessages: 100,
  queuedMessages: 1_000,
  queuedBytes: 16 * 1024 * 1024,
  outputBufferBytes: 4 * 1024 * 1024,
  sessionExpiryMs: 3_600_000,
  offlineSessions: 10_000,
  retainedMessages: 10_000,
};

/**
 * What one gateway takes before it refuses, drops or disconnects. Broker figures are AWS IoT Core's quotas.
 * The last three are rates, which are off unless they are asked for: see `awsRates`.
 */
export interface GatewayLimits {
  /** Network connections at the same time. @default 10_000 (AWS: 500,000 an account) */
  readonly connections: number;
  /** Time from the open connection to a whole CONNECT. @default 10_000 */
  readonly connectTimeoutMs: number;
  /** UTF-8 bytes of a client identifier. @default 128 */
  readonly clientIdBytes: number;
  /** Bytes of one message's payload. @default 131_072 */
  readonly payloadBytes: number;
  /** Bytes of a whole packet, in either direction. @default 149_504, AWS's 146 KB */
  readonly packetBytes: number;
  /** Topic filters in one SUBSCRIBE. @default 8 */
  readonly filtersPerSubscribe: number;
  /** Subscriptions of one client. @default 50 */
  readonly subscriptionsPerConnection: number;
  /** The highest topic alias that a client may use. @default 8 */
  readonly topicAliases: number;
  /** Unacknowledged QoS 1 messages on their way to one client. @default 100 */
  readonly inflightMessages: number;
  /** QoS 1 messages that wait for one client or shared group; newer ones are dropped and counted. @default 1_000 */
  readonly queuedMessages: number;
  /** Payload bytes that wait for one client or shared group. @default 16_777_216 */
  readonly queuedBytes: number;
  /** Unsent bytes of one connection: above it QoS 0 is dropped and QoS 1 waits. @default 4_194_304 */
  readonly outputBufferBytes: number;
  /** How long an MQTT 3.1.1 session outlives its connection, and an MQTT 5 session at most. @default 3_600, AWS's */
  readonly sessionExpirySeconds: number;
  /** Persistent sessions without a connection; the one away longest goes first. @default 10_000 */
  readonly offlineSessions: number;
  /** Topics with a retained message. @default 10_000 */
  readonly retainedMessages: number;
  /** PUBLISH packets of one connection in a second; more are dropped. @default Infinity: off (AWS: 100) */
  readonly publishesPerSecond: number;
  /** Bytes from one connection in a second; more are read later. @default Infinity: off (AWS: 524_288) */
  readonly bytesPerSecond: number;
  /** CONNECT packets of one client id in a second; more are refused. @default Infinity: off (AWS: 1) */
  readonly connectsPerSecond: number;
}

export const defaultLimits: GatewayLimits = {
  connections: 10_000,
  connectTimeoutMs: 10_000,
  clientIdBytes: 128,
  payloadBytes: 128 * 1024,
  packetBytes: 146 * 1024,
  filtersPerSubscribe: 8,
  subscriptionsPerConnection: 50,
  topicAliases: 8,
  inflightMessages: 100,
  queuedMessages: 1_000,
  queuedBytes: 16 * 1024 * 1024,
  outputBufferBytes: 4 * 1024 * 1024,
  sessionExpirySeconds: 3_600,
  offlineSessions: 10_000,
  retainedMessages: 10_000,
  publishesPerSecond: Infinity,
  bytesPerSecond: Infinity,
  connectsPerSecond: Infinity,
};

/** The rates that AWS holds every client to. A laptop is faster, and tests and replays want it to be. */
export const awsRates = {
  publishesPerSecond: 100,
  bytesPerSecond: 512 * 1024,
  connectsPerSecond: 1,
} as const satisfies Partial<GatewayLimits>;

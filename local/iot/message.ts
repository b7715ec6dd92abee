/** Who published a message, as far as AWS tells rules about it (`clientid()`, `principal()`, `sourceip()`). */
export interface Publisher {
  readonly protocol: 'MQTT' | 'HTTP' | 'RULE';
  readonly clientId?: string;
  readonly principal?: string;
  readonly sourceIp?: string;
}

/**
 * What MQTT 5 lets a publisher say about a message (§3.3.2.3). Subscribers of MQTT 5 get it unchanged, those of
 * MQTT 3.1.1 get none of it.
 */
export interface MessageProperties {
  /** Whether the payload is UTF-8 text (`payload_format_indicator`). */
  readonly payloadFormatIndicator?: boolean;
  /** How long the message is worth delivering, from when it was taken in. */
  readonly messageExpirySeconds?: number;
  readonly contentType?: string;
  /** The topic that an answer is expected on. */
  readonly responseTopic?: string;
  readonly correlationData?: Uint8Array;
  /** Names and values, in the publisher's order; a name may come more than once. */
  readonly userProperties?: readonly (readonly [string, string])[];
}

/** One message inside the cloud, between the gateway, the data plane and the rules. */
export interface IotMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly publisher: Publisher;
  /** One UUID a message: it follows the message through rules, actions and logs. */
  readonly traceId: string;
  /** How many republish actions this message has already passed through. */
  readonly republishes: number;
  /** Absent where the publisher said nothing. */
  readonly properties?: MessageProperties;
}

/** Takes a message into the cloud: delivers it to subscribers and runs the rules that match its topic. */
export type PublishMessage = (message: IotMessage) => void;

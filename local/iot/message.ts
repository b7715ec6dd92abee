/** Who published a message, as far as AWS tells rules about it (`clientid()`, `principal()`, `sourceip()`). */
export interface Publisher {
  readonly protocol: 'MQTT' | 'HTTP' | 'RULE';
  readonly clientId?: string;
  readonly principal?: string;
  readonly sourceIp?: string;
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
}

/** Takes a message into the cloud: delivers it to subscribers and runs the rules that match its topic. */
export type PublishMessage = (message: IotMessage) => void;

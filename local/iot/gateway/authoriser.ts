/** How a byte stream reached the gateway. */
export type Transport = 'tcp' | 'tls' | 'websocket';

/** Where a byte stream comes from, and who its transport says it is. */
export interface StreamOrigin {
  readonly remoteAddress: string;
  readonly transport: Transport;
  /** AWS's `principal()`: the certificate id under mTLS. Absent where the transport identifies nobody. */
  readonly principal?: string;
}

/** One client as a policy sees it. */
export interface ClientIdentity {
  readonly clientId: string;
  readonly origin: StreamOrigin;
  /** The CONNECT's user name; the AWS SDKs put a `?SDK=…` note there, so it proves nothing. */
  readonly username?: string;
}

/**
 * Decides what a client may do, by the four operations that AWS IoT policies know. It is asked in the path
 * of each message, so it must answer at once and from memory. A refusal ends the connection, except for
 * `receive`, where the message is left out.
 */
export interface Authoriser {
  /** `iot:Connect`. */
  connect(client: ClientIdentity, password: Uint8Array | undefined): boolean;
  /** `iot:Publish`, and `iot:RetainPublish` when `retain` is set. Also asked for a last will when it is due. */
  publish(client: ClientIdentity, topic: string, retain: boolean): boolean;
  /** `iot:Subscribe`, on the topic filter. */
  subscribe(client: ClientIdentity, topicFilter: string): boolean;
  /** `iot:Receive`, on the topic name of each message delivered. */
  receive(client: ClientIdentity, topic: string): boolean;
}

/** Lets every client do everything: the gateway on plain TCP and WebSocket, as no policy applies there. */
export const allowAll: Authoriser = {
  connect: () => true,
  publish: () => true,
  subscribe: () => true,
  receive: () => true,
};

/** How a byte stream reached the gateway. */
export type Transport = 'tcp' | 'tls' | 'websocket';

/** Where a byte stream comes from, and who its transport says it is. */
export interface StreamOrigin {
  readonly remoteAddress: string;
  readonly remotePort?: number;
  readonly transport: Transport;
  /** The name that the client asked for in its TLS handshake (`iot:DomainName`). */
  readonly serverName?: string;
  /** AWS's `principal()`: the certificate id under mTLS. Absent where the transport identifies nobody. */
  readonly principal?: string;
}

/** One client as a policy sees it. */
export interface ClientIdentity {
  /** Empty for what is published over HTTPS, where there is none. */
  readonly clientId: string;
  readonly origin: StreamOrigin;
  /** The CONNECT's user name; the AWS SDKs put a `?SDK=…` note there, so it proves nothing. */
  readonly username?: string;
}

/** What a CONNECT asks for, as far as policies know it (`iot:ConnectAttributes`, `iot:LastWillTopic`). */
export interface ConnectRequest {
  readonly password: Uint8Array | undefined;
  readonly connectAttributes: readonly ('PersistentConnect' | 'LastWill')[];
  readonly lastWillTopic: string | undefined;
}

/**
 * Decides what a client may do, by the operations that AWS IoT policies know. It must answer at once and from
 * memory. The answers for topics are remembered for each connection until `generation` changes.
 */
export interface Authoriser {
  /** Grows whenever an answer may have changed: a policy, an attachment, a certificate's status, a thing. */
  readonly generation: number;
  /** `iot:Connect`. Asked before `publish` is asked about the last will. */
  connect(client: ClientIdentity, request: ConnectRequest): boolean;
  /** `iot:Publish`, and `iot:RetainPublish` as well when `retain` is set. */
  publish(client: ClientIdentity, topic: string, retain: boolean): boolean;
  /** `iot:Subscribe`, on the topic filter as it was sent, `$share/…` included. */
  subscribe(client: ClientIdentity, topicFilter: string): boolean;
  /** `iot:Receive`, on the topic name of each message delivered. */
  receive(client: ClientIdentity, topic: string): boolean;
  /** An action on a thing, as shadows over HTTPS need it: `iot:GetThingShadow`, … */
  useThing(client: ClientIdentity, action: string, thingName: string): boolean;
}

/** Lets every client do everything: the gateway on plain TCP and WebSocket, as no policy applies there. */
export const allowAll: Authoriser = {
  generation: 0,
  connect: () => true,
  publish: () => true,
  subscribe: () => true,
  receive: () => true,
  useThing: () => true,
};

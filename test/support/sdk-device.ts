import { iot, iotshadow, mqtt, mqtt5 } from 'aws-iot-device-sdk-v2';
import { readMessage, type DeviceCertificate, type Received } from './device-fleet.ts';

export interface SdkDeviceOptions {
  readonly device: DeviceCertificate;
  /** What DescribeEndpoint answers. */
  readonly host: string;
  readonly port: number;
  /** PEM of the root certificate. */
  readonly ca: string;
  readonly clientId: string;
  /** Its last will. @default none */
  readonly will?: { readonly topic: string; readonly payload: string };
}

/** A device that runs AWS's own device SDK; its session is kept when it is away. */
export interface SdkDevice {
  /** What it received, the oldest first. */
  readonly received: readonly Received[];
  /** For each time that it was let in, whether its session was still there. */
  readonly sessionsFound: readonly boolean[];
  /** Resolves when it is connected. @throws what the SDK says of a refusal */
  connect(): Promise<void>;
  subscribe(filter: string): Promise<void>;
  /** At QoS 1; resolves with the PUBACK. */
  publish(topic: string, payload: string): Promise<void>;
  shadows(): iotshadow.IotShadowClientv2;
  /** With a DISCONNECT. */
  disconnect(): Promise<void>;
  /** Ends it for good. */
  close(): Promise<void>;
}

const SHADOW_OPTIONS = {
  maxRequestResponseSubscriptions: 5,
  maxStreamingSubscriptions: 4,
  operationTimeoutInSeconds: 10,
};

export type MqttVersion = '3.1.1' | '5';

/** A device with AWS's client for that version of MQTT. It tries again by itself, after a second at most. */
export function createSdkDevice(version: MqttVersion, options: SdkDeviceOptions): SdkDevice {
  return version === '5' ? new Mqtt5Device(options) : new Mqtt311Device(options);
}

class Mqtt311Device implements SdkDevice {
  readonly received: Received[] = [];
  readonly sessionsFound: boolean[] = [];
  readonly #connection: mqtt.MqttClientConnection;

  constructor({ device, host, port, ca, clientId, will }: SdkDeviceOptions) {
    const builder = iot.AwsIotMqttConnectionConfigBuilder.new_mtls_builder(
      device.certificate,
      device.privateKey,
    )
      .with_certificate_authority(ca)
      .with_endpoint(host)
      .with_port(port)
      .with_client_id(clientId)
      .with_clean_session(false)
      .with_reconnect_min_sec(1)
      .with_reconnect_max_sec(1);
    if (will !== undefined) {
      builder.with_will(new mqtt.MqttWill(will.topic, mqtt.QoS.AtLeastOnce, will.payload));
    }
    this.#connection = new mqtt.MqttClient().new_connection(builder.build());
    this.#connection.on('message', (topic, payload) => {
      this.received.push({ topic, message: readMessage(Buffer.from(payload).toString()) });
    });
    this.#connection.on('connect', (sessionPresent) => this.sessionsFound.push(sessionPresent));
    this.#connection.on('resume', (_code, sessionPresent) => this.sessionsFound.push(sessionPresent));
    // Without a listener the SDK's errors end the process; `connect` and its like throw them as well.
    this.#connection.on('error', () => undefined);
  }

  async connect(): Promise<void> {
    await this.#connection.connect();
  }

  async subscribe(filter: string): Promise<void> {
    await this.#connection.subscribe(filter, mqtt.QoS.AtLeastOnce);
  }

  async publish(topic: string, payload: string): Promise<void> {
    await this.#connection.publish(topic, payload, mqtt.QoS.AtLeastOnce);
  }

  shadows(): iotshadow.IotShadowClientv2 {
    return iotshadow.IotShadowClientv2.newFromMqtt311(this.#connection, SHADOW_OPTIONS);
  }

  async disconnect(): Promise<void> {
    await this.#connection.disconnect();
  }

  async close(): Promise<void> {
    // Nothing else stops its tries to come back; its native part goes with it.
    await this.disconnect();
  }
}

class Mqtt5Device implements SdkDevice {
  readonly received: Received[] = [];
  readonly sessionsFound: boolean[] = [];
  readonly #client: mqtt5.Mqtt5Client;

  constructor({ device, host, port, ca, clientId, will }: SdkDeviceOptions) {
    const builder = iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithMtlsFromMemory(
      host,
      device.certificate,
      device.privateKey,
    );
    const qos = mqtt5.QoS.AtLeastOnce;
    builder.withCertificateAuthority(ca);
    builder.withPort(port);
    builder.withSessionBehavior(mqtt5.ClientSessionBehavior.RejoinAlways);
    builder.withMinReconnectDelayMs(100);
    builder.withMaxReconnectDelayMs(1_000);
    builder.withConnectProperties({
      clientId,
      keepAliveIntervalSeconds: 60,
      sessionExpiryIntervalSeconds: 3_600,
      ...(will === undefined ? {} : { will: { topicName: will.topic, payload: will.payload, qos } }),
    });
    this.#client = new mqtt5.Mqtt5Client(builder.build());
    this.#client.on('messageReceived', ({ message: { topicName, payload } }) => {
      const written = typeof payload === 'string' ? payload : Buffer.from(toBytes(payload)).toString();
      this.received.push({ topic: topicName, message: readMessage(written) });
    });
    this.#client.on('connectionSuccess', ({ connack }) => this.sessionsFound.push(connack.sessionPresent));
  }

  async connect(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#client.once('connectionSuccess', () => resolve());
      this.#client.once('connectionFailure', ({ error }) => reject(error));
      this.#client.start();
    });
  }

  async subscribe(filter: string): Promise<void> {
    const subscription = { topicFilter: filter, qos: mqtt5.QoS.AtLeastOnce };
    const { reasonCodes } = await this.#client.subscribe({ subscriptions: [subscription] });
    requireSuccess(reasonCodes[0]);
  }

  async publish(topic: string, payload: string): Promise<void> {
    const answer = await this.#client.publish({ topicName: topic, payload, qos: mqtt5.QoS.AtLeastOnce });
    requireSuccess(answer?.reasonCode);
  }

  shadows(): iotshadow.IotShadowClientv2 {
    return iotshadow.IotShadowClientv2.newFromMqtt5(this.#client, SHADOW_OPTIONS);
  }

  async disconnect(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#client.once('stopped', () => resolve());
      this.#client.stop({ reasonCode: mqtt5.DisconnectReasonCode.NormalDisconnection });
    });
  }

  async close(): Promise<void> {
    this.#client.close();
  }
}

function requireSuccess(reasonCode: number | undefined): void {
  if (reasonCode === undefined || reasonCode >= 0x80) throw new Error(`refused with ${reasonCode}`);
}

function toBytes(payload: mqtt5.PublishPacket['payload']): Uint8Array {
  if (payload instanceof ArrayBuffer) return new Uint8Array(payload);
  if (ArrayBuffer.isView(payload))
    return new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
  return new Uint8Array();
}

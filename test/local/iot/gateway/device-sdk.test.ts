import { iot, mqtt5 } from 'aws-iot-device-sdk-v2';
import { expect, test } from 'vitest';
import { systemClock } from '../../../../local/clock.ts';
import { listenTls } from '../../../../local/iot/gateway/index.ts';
import { makeCa, makeCertificate, type TestCertificate } from '../../../support/x509.ts';
import { allowEverything, startCloud } from './support.ts';

function keyOf({ keys }: TestCertificate): string {
  return keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

test("AWS's own device SDK connects with its certificate, and finds all of MQTT 5 that it asks for.", async () => {
  const ca = makeCa();
  const lamp = makeCertificate({ issuer: ca });
  const shown = makeCertificate({ issuer: ca, use: { for: 'server', hosts: ['localhost', '127.0.0.1'] } });
  const { gateway } = startCloud({ clock: systemClock });
  const { certificateId } = lamp.certificate;
  const listener = await listenTls(gateway, {
    host: '127.0.0.1',
    port: 0,
    setting: 'the test',
    server: { cert: shown.pem, key: keyOf(shown) },
    authoriser: { ...allowEverything, publish: (_client, topic) => topic !== 'denied' },
    directory: {
      identify: () => ({ certificateId, status: 'ACTIVE' }),
      registerAtFirstConnect: () => ({}),
    },
    publish: () => undefined,
    uuid: () => 'trace',
  });
  const builder = iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithMtlsFromMemory(
    'localhost',
    lamp.pem,
    keyOf(lamp),
  );
  builder.withCertificateAuthority(ca.pem);
  builder.withPort(listener.port);
  builder.withConnectProperties({
    clientId: 'lamp',
    keepAliveIntervalSeconds: 60,
    sessionExpiryIntervalSeconds: 30,
  });
  const client = new mqtt5.Mqtt5Client(builder.build());
  try {
    const settings = await new Promise<mqtt5.NegotiatedSettings>((resolve, reject) => {
      client.once('connectionSuccess', (event) => resolve(event.settings));
      client.once('connectionFailure', (event) => reject(event.error));
      client.start();
    });
    expect(settings).toMatchObject({
      maximumQos: 1,
      sessionExpiryInterval: 30,
      receiveMaximumFromServer: 100,
      topicAliasMaximumToServer: 8,
      sharedSubscriptionsAvailable: true,
      subscriptionIdentifiersAvailable: false,
      clientId: 'lamp',
    });
    const received = new Promise<mqtt5.PublishPacket>((resolve) => {
      client.once('messageReceived', ({ message }) => resolve(message));
    });
    const { reasonCodes } = await client.subscribe({
      subscriptions: [{ topicFilter: '$share/group/a/+', qos: mqtt5.QoS.AtLeastOnce }],
    });
    expect(reasonCodes).toEqual([1]);
    const userProperties = [
      { name: 'tag', value: 'one' },
      { name: 'tag', value: 'two' },
    ];
    const qos = mqtt5.QoS.AtLeastOnce;
    const taken = await client.publish({ topicName: 'a/b', qos, payload: 'x', userProperties });
    expect(taken).toMatchObject({ reasonCode: 0 });
    expect(await received).toMatchObject({ topicName: 'a/b', userProperties });
    expect(await client.publish({ topicName: 'denied', qos, payload: 'x' })).toMatchObject({
      reasonCode: 0x87,
      reasonString: 'not allowed to publish to denied',
    });
    expect(gateway.client('lamp')?.connection?.identity.origin.principal).toBe(certificateId);
    await new Promise((resolve) => {
      client.once('stopped', resolve);
      client.stop({ reasonCode: mqtt5.DisconnectReasonCode.NormalDisconnection });
    });
    await expect
      .poll(() => gateway.connectivity('lamp'))
      .toMatchObject({ connected: false, disconnectReason: 'CLIENT_INITIATED_DISCONNECT' });
  } finally {
    client.close();
    gateway.close();
    await listener.close();
  }
});

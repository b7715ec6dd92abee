import { randomUUID } from 'node:crypto';
import { PORT_SETTINGS } from '../configuration.ts';
import { listenHttps, listenTcp, listenTls } from '../iot/gateway/index.ts';
import type { Parts } from './parts.ts';
import { SERVED_TOPICS } from './services.ts';
import type { Site } from './site.ts';

/** Opens MQTT without and with TLS, and publishing over HTTPS; gives their addresses. */
export async function openMessageDoors(
  { configuration, stops }: Site,
  { hub, devices, messages }: Parts,
): Promise<{ readonly mqttUrl: string; readonly mqttsUrl: string; readonly httpsUrl: string }> {
  const { gateway, refused, shadows } = messages;
  const { mqttPort, mqttsPort, httpsPort } = configuration;
  const mqtt = await listenTcp(gateway, { host: '127.0.0.1', port: mqttPort, setting: PORT_SETTINGS.mqtt });
  stops.add(() => mqtt.close());

  const device = {
    host: '127.0.0.1',
    server: devices.authority.server,
    directory: devices.identities,
    authoriser: devices.authoriser,
    publish: hub.publish,
    uuid: randomUUID,
  } as const;
  const mqtts = await listenTls(gateway, { ...device, port: mqttsPort, setting: PORT_SETTINGS.mqtts });
  stops.add(() => mqtts.close());
  const https = await listenHttps({
    ...device,
    port: httpsPort,
    setting: PORT_SETTINGS.https,
    servedTopics: SERVED_TOPICS,
    shadows: shadows.handler,
    refused,
  });
  stops.add(() => https.close());
  return {
    mqttUrl: `mqtt://127.0.0.1:${mqttPort}`,
    mqttsUrl: `mqtts://127.0.0.1:${mqttsPort}`,
    httpsUrl: `https://127.0.0.1:${httpsPort}`,
  };
}

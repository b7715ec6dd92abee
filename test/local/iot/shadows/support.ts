import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { createEndpoint } from '../../../../local/endpoint/endpoint.ts';
import type { IotMessage } from '../../../../local/iot/message.ts';
import { createShadows, type ShadowsOptions } from '../../../../local/iot/shadows/index.ts';
import { readUpdate } from '../../../../local/iot/shadows/request.ts';
import type { ShadowRecord } from '../../../../local/iot/shadows/document.ts';
import { updateShadow } from '../../../../local/iot/shadows/update.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

export const T0 = 1_790_000_000;

/** One update of a shadow by the text or the object of its request. */
export function update(current: ShadowRecord | undefined, body: unknown, nowSeconds = T0) {
  const read = readUpdate(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
  if ('rejection' in read) return { rejected: read.rejection };
  return updateShadow(current, read.request, nowSeconds);
}

/** A shadow after several updates by their states; none of them may be refused. */
export function after(...states: readonly unknown[]): ShadowRecord {
  let record: ShadowRecord = { version: 0, document: undefined };
  for (const state of states) {
    const result = update(record, { state });
    if ('rejected' in result) throw new Error(result.rejected.message);
    record = { version: result.next.version, document: result.next };
  }
  return record;
}

/** The service in memory, with everything that it publishes. */
export function openShadows(options: Partial<ShadowsOptions> = {}) {
  const clock = new ManualClock();
  const published: { topic: string; content: unknown }[] = [];
  const messages: IotMessage[] = [];
  const shadows = createShadows({
    file: ':memory:',
    clock,
    newId: () => 'trace-http',
    publish: (message) => {
      messages.push(message);
      published.push({
        topic: message.topic,
        content: JSON.parse(Buffer.from(message.payload).toString()),
      });
    },
    ...options,
  });
  /** Publishes a request over MQTT and takes what was answered. */
  function ask(topic: string, body: unknown = ''): { topic: string; content: unknown }[] {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    shadows.handlePublish({
      topic,
      payload: Buffer.isBuffer(body) ? body : Buffer.from(text),
      qos: 0,
      retain: true,
      publisher: { protocol: 'MQTT', clientId: 'lamp' },
      traceId: 'trace-mqtt',
      republishes: 3,
    });
    return published.splice(0);
  }

  return {
    shadows,
    clock,
    messages,
    nowSeconds: () => Math.floor(clock.now() / 1000),
    ask,
    taken: () => published.splice(0),
  };
}

/** The service behind a real endpoint, with an SDK client for it. */
export async function serveShadows(options: Partial<ShadowsOptions> = {}) {
  const opened = openShadows(options);
  const { handler } = opened.shadows;
  const endpoint = createEndpoint({
    services: { iotdata: handler, iotdevicegateway: handler },
    log: () => {},
  });
  const { url } = await endpoint.listen({ port: 0, setting: 'TEST' });
  const client = new IoTDataPlaneClient({
    endpoint: url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return {
    ...opened,
    url,
    client,
    async close(): Promise<void> {
      client.destroy();
      await endpoint.close();
      opened.shadows.close();
    },
  };
}

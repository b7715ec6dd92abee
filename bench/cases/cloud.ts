import type { MqttClient } from 'mqtt';
import { connectDevice } from '../../demo/results.ts';
import { dynamodbRequests, readStatus, withCloud } from '../cloud-under-test.ts';
import { percentile, type BenchCase, type Measurement } from '../measurement.ts';

const WARM_UP = 1_000;
const READINGS = 3_000;
const BURST = 1_000;
const BURST_DEVICES = 100;

export const cloud: BenchCase = {
  name: 'cloud',
  summary: 'a reading through the whole cloud, one at a time and in a burst',
  run: () =>
    withCloud(async ({ cloud: { mqttUrl, endpointUrl } }) => {
      const client = await connectDevice(mqttUrl, 'glasshouse-bench');
      await client.subscribeAsync(['anom/pred', 'bench/echo']);
      const echo = await roundTrips(client, READINGS, () => ({ topic: 'bench/echo', payload: '{}' }));

      const startMs = Date.now() - 86_400_000;
      const reading = (index: number) => ({
        topic: 'anom/detect',
        payload: JSON.stringify({ device: 'one', timestamp: startMs + index * 1_000, value: index % 7 }),
      });
      await roundTrips(client, WARM_UP, reading);
      const before = await readStatus(endpointUrl);
      const scored = await roundTrips(client, READINGS, (index) => reading(WARM_UP + index));
      const requests = dynamodbRequests(await readStatus(endpointUrl)) - dynamodbRequests(before);

      const burstSeconds = await burst(client, startMs);
      client.end(true);
      const measurements: Measurement[] = [
        {
          what: 'reading → rule → Lambda → DynamoDB → result, p50',
          value: percentile(scored, 0.5),
          unit: 'ms',
          against: { what: 'MQTT alone, p50', value: percentile(echo, 0.5) },
          bound: { of: 'value', at: 'most', limit: 3 },
        },
        {
          what: 'the same, p99',
          value: percentile(scored, 0.99),
          unit: 'ms',
          against: { what: 'MQTT alone, p99', value: percentile(echo, 0.99) },
          bound: { of: 'value', at: 'most', limit: 15 },
        },
        {
          what: 'DynamoDB requests a reading, warm',
          value: requests / READINGS,
          unit: 'requests',
          bound: { of: 'value', at: 'most', limit: 1.01 },
        },
        {
          what: `burst of ${BURST} readings of ${BURST_DEVICES} devices, all scored`,
          value: burstSeconds,
          unit: 's',
          bound: { of: 'value', at: 'most', limit: 3 },
        },
      ];
      return measurements;
    }),
};

/** Publishes, waits for the one message that it brings, publishes the next. @returns sorted milliseconds. */
async function roundTrips(
  client: MqttClient,
  count: number,
  message: (index: number) => { topic: string; payload: string },
): Promise<number[]> {
  const times: number[] = [];
  let arrived = (): void => {};
  const listener = (): void => arrived();
  client.on('message', listener);
  for (let index = 0; index < count; index += 1) {
    const { topic, payload } = message(index);
    const startedMs = performance.now();
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    client.publish(topic, payload);
    await arrival;
    times.push(performance.now() - startedMs);
  }
  client.off('message', listener);
  return times.sort((a, b) => a - b);
}

/** @returns seconds from the first reading sent to the last result received. */
async function burst(client: MqttClient, startMs: number): Promise<number> {
  let results = 0;
  const all = new Promise<void>((resolve) => {
    client.on('message', () => {
      results += 1;
      if (results === BURST) resolve();
    });
  });
  const startedMs = performance.now();
  for (let index = 0; index < BURST; index += 1) {
    const device = `burst-${index % BURST_DEVICES}`;
    const timestamp = startMs + Math.floor(index / BURST_DEVICES) * 1_000;
    client.publish('anom/detect', JSON.stringify({ device, timestamp, value: index % 13 }));
  }
  await all;
  return (performance.now() - startedMs) / 1_000;
}

import path from 'node:path';
import { expect, test } from 'vitest';
import { choosePorts, readConfiguration } from '../../local/configuration.ts';
import { ConfigurationError } from '../../local/errors.ts';

test('Without settings it is AWS’s own ports and waits, and a folder beside serverless.yml.', () => {
  expect(readConfiguration(undefined, '/service', {})).toEqual({
    folder: path.resolve('/service/.glasshouse'),
    mqttPort: 1883,
    mqttsPort: 8883,
    httpsPort: 8443,
    endpointPort: 4566,
    pagePort: 8080,
    httpApiPort: 3001,
    maxConcurrency: 6,
    retryDelaysSeconds: [60, 120],
  });
});

test('The environment stands over serverless.yml, and that over the defaults.', () => {
  const custom = { mqttPort: 1, endpointPort: '2', folder: 'state', retryDelaysSeconds: [1] };
  const environment = {
    GLASSHOUSE_MQTT_PORT: '11',
    GLASSHOUSE_PAGE_PORT: '0',
    GLASSHOUSE_RETRY_DELAYS_SECONDS: '0.1,0.2',
    GLASSHOUSE_DYNAMODB_ENDPOINT: 'http://127.0.0.1:8000',
    GLASSHOUSE_ENDPOINT_PORT: '',
    GLASSHOUSE_RATES: 'aws',
    GLASSHOUSE_FRESH: '1',
  };
  expect(readConfiguration(custom, '/service', environment)).toEqual({
    folder: path.resolve('/service/state'),
    mqttPort: 11,
    mqttsPort: 8883,
    httpsPort: 8443,
    endpointPort: 2,
    pagePort: 0,
    httpApiPort: 3001,
    maxConcurrency: 6,
    retryDelaysSeconds: [0.1, 0.2],
    rates: 'aws',
    dynamodbEndpoint: 'http://127.0.0.1:8000',
  });
});

test('A folder may be anywhere.', () => {
  expect(readConfiguration({}, '/service', { GLASSHOUSE_FOLDER: '/tmp/other' }).folder).toBe('/tmp/other');
});

test.each<[names: string, custom: unknown, environment: NodeJS.ProcessEnv]>([
  ['mqttPort', { mqttPort: 65_536 }, {}],
  ['mqttPort', {}, { GLASSHOUSE_MQTT_PORT: 'mqtt' }],
  ['pagePort', {}, { GLASSHOUSE_PAGE_PORT: '-1' }],
  ['port', { port: 1 }, {}],
  ['retryDelaysSeconds', {}, { GLASSHOUSE_RETRY_DELAYS_SECONDS: '1,soon' }],
  ['dynamodbEndpoint', {}, { GLASSHOUSE_DYNAMODB_ENDPOINT: 'here' }],
  ['maxConcurrency', { maxConcurrency: 0 }, {}],
  ['rates', {}, { GLASSHOUSE_RATES: 'fast' }],
  ['custom.glasshouse', 'yes', {}],
])('What cannot be used is named: %s.', (names, custom, environment) => {
  const read = () => readConfiguration(custom, '/service', environment);
  expect(read).toThrow(ConfigurationError);
  expect(read).toThrow(names);
});

test('Port 0 is any free one, a different one for each; others stay.', async () => {
  const read = readConfiguration({ mqttPort: 0, endpointPort: 0, pagePort: 8080 }, '/service', {});
  const { mqttPort, endpointPort, pagePort } = await choosePorts(read);
  expect(pagePort).toBe(8080);
  expect(new Set([mqttPort, endpointPort, 0]).size).toBe(3);
});

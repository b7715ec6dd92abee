import { dynamodbClient, iotDataClient } from '../../shared/clients.ts';
import { defaultProvider } from '../../shared/credentials.ts';
import { createHandler } from '../../shared/handler.ts';
import { createCounter } from '../../shared/metrics.ts';
import { once } from '../../shared/once.ts';
import { publishJson } from '../../shared/publish.ts';
import { DownlinkStore } from '../../shared/sigfox/downlink-store.ts';
import { publishAll } from '../../shared/sigfox/publication.ts';
import { CALLBACK_TOPIC } from '../../shared/sigfox/topics.ts';
import { answer, type AnswerServices } from './answer.ts';
import { parseCredentials } from './credentials.ts';
import { within } from './deadline.ts';
import { readAnswerSigfoxEnvironment } from './environment.ts';
import { readHttpEvent } from './http-request.ts';
import { SecretParameter } from './secret-parameter.ts';

/** Sigfox waits ten seconds, of which a cold start and two networks take their share. */
const DEADLINE_MS = 7_000;

const environment = readAnswerSigfoxEnvironment();
const now = (): number => Date.now();
const counter = createCounter('answer-sigfox', now);
const services = once(openServices);

/** Lambda entry: a request of Sigfox, through an HTTP API, in; its answer out, within Sigfox's ten seconds. */
export const handler = createHandler({
  counter,
  now,
  run: async (event) => {
    const request = readHttpEvent(event);
    if (request === undefined) return { statusCode: 400, body: 'this is no request of an HTTP API' };
    return within(DEADLINE_MS, () => answer(request, services()));
  },
  // A callback that cannot be used is handed over like any other, and rejected by the function that works on
  // it: nothing of a request, least of all its credentials, is kept from here.
  reject: ({ reason }) => Promise.reject(new Error(reason.message)),
});

function openServices(): AnswerServices {
  const { devicesTable, credentialsParameter, region, endpointUrl, isSource, batchFields } = environment;
  return {
    credentials: new SecretParameter({
      name: credentialsParameter,
      parse: parseCredentials,
      region,
      endpointUrl,
      signingKey: defaultProvider(),
      now,
    }),
    ...(isSource === undefined ? {} : { isSource }),
    // The topic of Sigfox's own connector: from here on there is one way for both doors. AWS IoT has the
    // message for good before this resolves, and its rule starts the work.
    handOver: (message) => publishJson(iotDataClient(), CALLBACK_TOPIC, message),
    downlinks: new DownlinkStore(dynamodbClient(), devicesTable),
    publish: (publications) => publishAll(iotDataClient(), publications),
    batchFields,
    now,
    count: (name) => counter.count(name),
  };
}

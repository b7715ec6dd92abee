import type { Context } from 'aws-lambda';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  dynamodbClient,
  eventBridgeClient,
  iotClient,
  iotDataClient,
  s3Client,
  snsClient,
  sqsClient,
} from '../../shared/clients.ts';
import { findInAllowList } from '../../shared/device-registry/allow-list.ts';
import { createHandler } from '../../shared/handler.ts';
import { createCounter } from '../../shared/metrics.ts';
import { once } from '../../shared/once.ts';
import { sendRejection } from '../../shared/rejections.ts';
import { createCrlSource } from '../../shared/x509/crl-source.ts';
import { checkRevocation } from '../../shared/x509/revocation.ts';
import { createReadObject } from '../../shared/x509/s3-object.ts';
import { activate } from './activate.ts';
import type { ActivationServices } from './activation.ts';
import { createAnnouncer } from './announce.ts';
import { createControlPlane } from './control-plane.ts';
import { readActivateCertificateEnvironment } from './environment.ts';

/** Kept back of an invocation's time: for the table and the answer, after the last call to the control plane. */
const RESERVE_MS = 5_000;

const environment = readActivateCertificateEnvironment();
const now = (): number => Date.now();
const counter = createCounter('activate-certificate', now);
const count = (metric: string): void => counter.count(metric);

/** Lambda entry: an event of AWS IoT for a certificate that waits to be activated. */
export const handler = createHandler({
  counter,
  now,
  reject: (rejection) => sendRejection(sqsClient(), environment.rejectionsQueueUrl, rejection),
  run: (event, context) => activate(event, servicesFor(context)),
});

/** What lives as long as the container: the lists above all. */
const container = once(() => {
  const crls = createCrlSource({
    fetch,
    now,
    readObject: createReadObject(s3Client),
    refreshMs: environment.crlRefreshSeconds * 1_000,
    onRefreshFailed: () => count('CrlRefreshFailed'),
  });
  const { eventBusName, notificationsTopicArn } = environment;
  const announcer = createAnnouncer({
    iotData: iotDataClient,
    sns: snsClient,
    eventBridge: eventBridgeClient,
    eventBusName,
    notificationsTopicArn,
  });
  return { crls, announcer };
});

function servicesFor(context: Context): ActivationServices {
  const { crls, announcer } = container();
  const { settings, crlAddress, whenRevocationNotNamed: whenNotNamed } = environment;
  const client = dynamodbClient();
  const controlPlane = createControlPlane(iotClient(), {
    deadlineMs: now() + context.getRemainingTimeInMillis() - RESERVE_MS,
    now,
    sleep: (ms) => sleep(ms),
    random: () => Math.random(),
    onRetry: () => count('CallRetried'),
  });
  const revocation = { crls, fetch, now, whenNotNamed, ...(crlAddress === undefined ? {} : { crlAddress }) };
  return {
    settings,
    controlPlane,
    checkRevocation: (certificate, ca) => checkRevocation(certificate, ca, revocation),
    findInAllowList: (certificateId, commonName) =>
      findInAllowList({ client, tableName: environment.allowListTable }, certificateId, commonName),
    devices: { client, tableName: environment.devicesTable },
    held: { client, tableName: environment.heldTable },
    announcer,
    now,
    count,
  };
}

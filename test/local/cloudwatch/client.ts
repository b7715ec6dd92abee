import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { AlarmTargets } from '../../../local/cloudwatch/index.ts';
import { authorization, CREDENTIALS, REGION, startEndpoint } from '../endpoint/support.ts';
import { openCloudWatch } from './support.ts';

/** CloudWatch behind an endpoint, with the SDK's client for it, and with requests as older clients make them. */
export async function startCloudWatchUser(changes: Partial<AlarmTargets> = {}) {
  const opened = openCloudWatch(changes);
  opened.start();
  const endpoint = await startEndpoint({
    monitoring: (request, response) => opened.cloudwatch.handler(request, response),
  });
  const { url } = endpoint;
  const client = new CloudWatchClient({
    endpoint: url,
    region: REGION,
    credentials: CREDENTIALS,
    maxAttempts: 1,
    requestHandler: { requestTimeout: 10_000 },
  });
  const headers = authorization('monitoring');
  return {
    opened,
    client,
    failures: endpoint.failures,
    /** A request of the query protocol. */
    async query(parameters: Readonly<Record<string, string>>) {
      const body = new URLSearchParams({ Version: '2010-08-01', ...parameters });
      const response = await fetch(url, { method: 'POST', headers, body });
      return { status: response.status, text: await response.text() };
    },
    /** Any other request. */
    async send(more: Readonly<Record<string, string>>, body: string | Uint8Array<ArrayBuffer>) {
      const response = await fetch(url, { method: 'POST', headers: { ...headers, ...more }, body });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
    async close(): Promise<void> {
      client.destroy();
      await endpoint.close();
      await opened.close();
    },
  };
}

export type CloudWatchUser = Awaited<ReturnType<typeof startCloudWatchUser>>;

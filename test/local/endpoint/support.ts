import type { Service, OwnHandler } from '../../../local/endpoint/service.ts';
import { createEndpoint } from '../../../local/endpoint/endpoint.ts';

export const CREDENTIALS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' };
export const REGION = 'eu-west-1';

/** A header as a signed request has it, for requests that no SDK would send. */
export function authorization(service: string): Record<string, string> {
  return {
    authorization:
      `AWS4-HMAC-SHA256 Credential=${CREDENTIALS.accessKeyId}/20261121/${REGION}/${service}/aws4_request, ` +
      'SignedHeaders=host;x-amz-date, Signature=0000',
  };
}

/** An endpoint on a free port with everything that it logs. */
export async function startEndpoint(services: Readonly<Record<string, Service>>, own?: OwnHandler) {
  const failures: unknown[] = [];
  const endpoint = createEndpoint({
    services,
    ...(own === undefined ? {} : { own }),
    log: (message, data) => failures.push({ message, ...data }),
  });
  const { url, port } = await endpoint.listen({ port: 0, setting: 'TEST_PORT' });
  return { url, port, failures, close: () => endpoint.close() };
}

import { DescribeCertificateCommand, ResourceNotFoundException, type IoTClient } from '@aws-sdk/client-iot';
import type { Device } from '../../shared/device-registry/device.ts';
import { errorText } from '../../shared/errors.ts';

/** What AWS IoT says of the certificate of a device: its status, or why it could not be asked. */
export type RegistryStatus = { readonly status: string } | { readonly unknownBecause: string };

/** What stands for the status of a certificate that is not in the registry. */
export const GONE = 'not in the registry';

/** Asks AWS IoT for the status of a certificate. Who cannot be asked does not keep the record from being shown. */
export async function askRegistry(client: IoTClient, certificateId: string): Promise<RegistryStatus> {
  try {
    const { certificateDescription } = await client.send(new DescribeCertificateCommand({ certificateId }));
    return { status: certificateDescription?.status ?? 'unknown' };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return { status: GONE };
    return { unknownBecause: error instanceof Error ? `${error.name}: ${error.message}` : errorText(error) };
  }
}

/**
 * Whether the record says of a certificate what AWS IoT does not.
 *
 *     record        AWS IoT that agrees
 *     ACTIVATING    any: it is on its way
 *     ACTIVE        ACTIVE
 *     INACTIVE      INACTIVE, or the certificate was deleted
 *     REVOKED       REVOKED, or the certificate was deleted
 */
export function differs({ state }: Pick<Device, 'state'>, status: string): boolean {
  if (state === 'ACTIVATING' || status === state) return false;
  return state === 'ACTIVE' || status !== GONE;
}

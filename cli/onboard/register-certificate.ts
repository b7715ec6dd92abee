import {
  DescribeCertificateCommand,
  RegisterCertificateCommand,
  RegisterCertificateWithoutCACommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  type CertificateDescription,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { CommandError } from '../errors.ts';

/**
 * Finds a certificate in the registry, or registers it, INACTIVE.
 *
 * @param options.withoutCa registers a certificate whoever has signed it
 * @throws CommandError CERTIFICATE_GONE; what the SDK throws
 */
export async function registerCertificate(
  client: IoTClient,
  { certificateId, certificatePem }: { readonly certificateId: string; readonly certificatePem: string },
  { withoutCa }: { readonly withoutCa: boolean },
): Promise<CertificateDescription> {
  const there = await describe(client, certificateId);
  if (there !== undefined) return there;
  const request = { certificatePem, status: 'INACTIVE' as const };
  try {
    await client.send(
      withoutCa ? new RegisterCertificateWithoutCACommand(request) : new RegisterCertificateCommand(request),
    );
  } catch (error) {
    // The device itself may have connected meanwhile, which registers it too.
    if (!(error instanceof ResourceAlreadyExistsException)) throw error;
  }
  const registered = await describe(client, certificateId);
  if (registered !== undefined) return registered;
  throw new CommandError('CERTIFICATE_GONE', 'the certificate was deleted while it was registered');
}

async function describe(
  client: IoTClient,
  certificateId: string,
): Promise<CertificateDescription | undefined> {
  try {
    return (await client.send(new DescribeCertificateCommand({ certificateId }))).certificateDescription;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/**
 * Whether a list may make a certificate ACTIVE:
 *
 *     ACTIVE, PENDING_ACTIVATION            ─▶ goes on
 *     INACTIVE since it was registered      ─▶ goes on: an earlier run was cut off
 *     INACTIVE by a later change (version)  ─▶ somebody's decision, which a list does not take back
 *     any other                             ─▶ never again
 *
 * @throws CommandError CERTIFICATE_REVOKED, CERTIFICATE_DEACTIVATED
 */
export function requireUsable(
  { status, customerVersion }: CertificateDescription,
  certificateId: string,
): void {
  if (status === 'ACTIVE' || status === 'PENDING_ACTIVATION') return;
  if (status !== 'INACTIVE') {
    throw new CommandError(
      'CERTIFICATE_REVOKED',
      `the certificate ${certificateId} is ${status ?? 'unknown'}`,
    );
  }
  if (customerVersion === 1) return;
  throw new CommandError(
    'CERTIFICATE_DEACTIVATED',
    `somebody has made the certificate ${certificateId} INACTIVE: make it ACTIVE yourself, or take it off the list`,
  );
}

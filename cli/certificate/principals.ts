import {
  DescribeCertificateCommand,
  ListThingPrincipalsCommand,
  ResourceNotFoundException,
  type IoTClient,
} from '@aws-sdk/client-iot';

/** ARNs of the certificates of a thing; none when there is no such thing. */
export async function principalsOf(client: IoTClient, thingName: string): Promise<readonly string[]> {
  try {
    const { principals = [] } = await client.send(new ListThingPrincipalsCommand({ thingName }));
    return principals;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return [];
    throw error;
  }
}

/** The id at the end of a certificate's ARN. */
export function certificateIdIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** What the registry says of a certificate. */
export interface CertificateState {
  readonly status: string;
  readonly certificateArn: string;
  readonly certificatePem: string;
  /** Whether it is as it was registered: nobody has changed its status since. */
  readonly isUntouched: boolean;
}

/** The state of a certificate; undefined when it is not there (any more). */
export async function stateOfCertificate(
  client: IoTClient,
  certificateId: string,
): Promise<CertificateState | undefined> {
  try {
    const { certificateDescription } = await client.send(new DescribeCertificateCommand({ certificateId }));
    const { status = 'unknown', certificateArn = '', certificatePem = '' } = certificateDescription ?? {};
    const isUntouched = certificateDescription?.customerVersion === 1;
    return { status, certificateArn, certificatePem, isUntouched };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

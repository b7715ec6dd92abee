import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Call } from './registry.ts';
import type { SweepServices } from './services.ts';

/**
 * Has a certificate's activation tried again: the function that does it is invoked with the event that AWS IoT sends
 * when a device comes back. Asynchronously, so that Lambda keeps the event until there is room, tries it three times,
 * and puts it with the failures in the end. The time is left out: nobody was there.
 */
export function createAskAgain(options: {
  readonly client: () => LambdaClient;
  /** Name or ARN of activate-certificate. */
  readonly functionName: string;
  /** Twelve digits. */
  readonly accountId: string;
  readonly call: Call;
}): SweepServices['askAgain'] {
  const { client, functionName, accountId, call } = options;
  return async (certificateId, caCertificateId) => {
    const event = {
      certificateId,
      caCertificateId,
      certificateStatus: 'PENDING_ACTIVATION',
      awsAccountId: accountId,
    };
    const command = new InvokeCommand({
      FunctionName: functionName,
      InvocationType: 'Event',
      Payload: JSON.stringify(event),
    });
    await call(() => client().send(command));
  };
}

import {
  CreateBillingGroupCommand,
  CreatePolicyCommand,
  CreateThingGroupCommand,
  CreateThingTypeCommand,
  GetRegistrationCodeCommand,
  RegisterCACertificateCommand,
  type IoTClient,
} from '@aws-sdk/client-iot';
import { makeCa, makeCertificate } from '../../shared/x509/pki.ts';

export const POLICY = 'glasshouse-device';

/** One CA and its certificates serve all tests of a file. */
export const ca = makeCa('Lamps CA');

/** What the deployment makes, and the CA that a person registers. */
export async function deploy(admin: IoTClient): Promise<string> {
  const policyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }],
  });
  await admin.send(new CreatePolicyCommand({ policyName: POLICY, policyDocument }));
  for (const thingTypeName of ['lamp', 'blind'])
    await admin.send(new CreateThingTypeCommand({ thingTypeName }));
  for (const thingGroupName of ['lamps', 'blinds']) {
    await admin.send(new CreateThingGroupCommand({ thingGroupName }));
  }
  await admin.send(new CreateBillingGroupCommand({ billingGroupName: 'house' }));
  const { registrationCode = '' } = await admin.send(new GetRegistrationCodeCommand({}));
  const verification = makeCertificate({ commonNames: [registrationCode], issuer: ca });
  const { certificateId = '' } = await admin.send(
    new RegisterCACertificateCommand({
      caCertificate: ca.pem,
      verificationCertificate: verification.pem,
      setAsActive: true,
      allowAutoRegistration: true,
    }),
  );
  return certificateId;
}

import { readEnvironment } from '../../shared/environment.ts';
import { requireThingNameTemplate } from './thing-name.ts';
import type { ActivationSettings } from './activation.ts';

export interface ActivateCertificateEnvironment {
  readonly devicesTable: string;
  readonly heldTable: string;
  readonly allowListTable: string;
  readonly rejectionsQueueUrl: string;
  readonly notificationsTopicArn: string;
  /** undefined: no events are put on a bus. */
  readonly eventBusName: string | undefined;
  /** undefined: where each certificate says. */
  readonly crlAddress: string | undefined;
  readonly crlRefreshSeconds: number;
  readonly whenRevocationNotNamed: 'accept' | 'refuse';
  readonly settings: ActivationSettings;
}

/**
 * The deployed settings of activate-certificate.
 *
 * @throws EnvironmentError that names every variable which is missing or wrong; ThingNameTemplateError
 */
export function readActivateCertificateEnvironment(
  environment?: NodeJS.ProcessEnv,
): ActivateCertificateEnvironment {
  return readEnvironment((read) => {
    const optional = (name: string): string | undefined => read.text(name, '') || undefined;
    const acceptedCas = read.text('ACCEPTED_CAS', 'any');
    return {
      devicesTable: read.text('DEVICES_TABLE'),
      heldTable: read.text('HELD_CERTIFICATES_TABLE'),
      allowListTable: read.text('ALLOW_LIST_TABLE'),
      rejectionsQueueUrl: read.text('REJECTIONS_QUEUE_URL'),
      notificationsTopicArn: read.text('NOTIFICATIONS_TOPIC_ARN'),
      eventBusName: optional('EVENT_BUS_NAME'),
      crlAddress: optional('CRL_ADDRESS'),
      crlRefreshSeconds: read.number(
        'CRL_REFRESH_SECONDS',
        300,
        'from 1 to 86400',
        (n) => n >= 1 && n <= 86_400,
      ),
      whenRevocationNotNamed: read.choice('REVOCATION_NOT_NAMED', ['accept', 'refuse'], 'accept'),
      settings: {
        accountId: read.text('ACCOUNT_ID'),
        acceptedCas:
          acceptedCas === 'any'
            ? undefined
            : acceptedCas
                .split(',')
                .map((id) => id.trim())
                .filter((id) => id !== ''),
        thingNameTemplate: requireThingNameTemplate(read.text('THING_NAME_TEMPLATE', '{commonName}')),
        policyName: read.text('POLICY_NAME'),
        thingTypeName: optional('THING_TYPE'),
        thingGroupName: optional('THING_GROUP'),
        billingGroupName: optional('BILLING_GROUP'),
      },
    };
  }, environment);
}

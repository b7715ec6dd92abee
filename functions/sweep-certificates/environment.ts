import { readEnvironment } from '../../shared/environment.ts';
import type { SweepSettings } from './services.ts';

export interface SweepCertificatesEnvironment {
  readonly accountId: string;
  readonly sweepTable: string;
  readonly devicesTable: string;
  readonly presenceTable: string;
  readonly heldTable: string;
  readonly rejectionsQueueUrl: string;
  readonly notificationsTopicArn: string;
  /** Name or ARN of activate-certificate. */
  readonly activateFunction: string;
  /** Ids of the CAs whose certificates are kept; undefined: every CA that is registered. */
  readonly acceptedCas: readonly string[] | undefined;
  /** undefined: where each certificate says. */
  readonly crlAddress: string | undefined;
  /** Of AWS IoT's registry; activation gets the rest of what it takes. */
  readonly callsPerSecond: number;
  readonly settings: SweepSettings;
}

/** Ten years, and a limit for what is meant as something else. */
const MAX_DAYS = 3_650;

/**
 * The deployed settings of sweep-certificates.
 *
 * @throws EnvironmentError that names every variable which is missing or wrong
 */
export function readSweepCertificatesEnvironment(
  environment?: NodeJS.ProcessEnv,
): SweepCertificatesEnvironment {
  return readEnvironment((read) => {
    const acceptedCas = read.text('ACCEPTED_CAS', 'any');
    const days = (name: string, fallback: readonly number[]): readonly number[] =>
      read.numbers(name, fallback, `whole days from 1 to ${MAX_DAYS}`, isDays);
    return {
      accountId: read.text('ACCOUNT_ID'),
      sweepTable: read.text('SWEEP_TABLE'),
      devicesTable: read.text('DEVICES_TABLE'),
      presenceTable: read.text('PRESENCE_TABLE'),
      heldTable: read.text('HELD_CERTIFICATES_TABLE'),
      rejectionsQueueUrl: read.text('REJECTIONS_QUEUE_URL'),
      notificationsTopicArn: read.text('NOTIFICATIONS_TOPIC_ARN'),
      activateFunction: read.text('ACTIVATE_FUNCTION'),
      acceptedCas:
        acceptedCas === 'any'
          ? undefined
          : acceptedCas
              .split(',')
              .map((id) => id.trim())
              .filter((id) => id !== ''),
      crlAddress: read.text('CRL_ADDRESS', '') || undefined,
      callsPerSecond: read.number(
        'CALLS_PER_SECOND',
        5,
        'more than 0 and at most 100',
        (n) => n > 0 && n <= 100,
      ),
      settings: {
        expiryWarningDays: days('EXPIRY_WARNING_DAYS', [30, 7]),
        caExpiryWarningDays: days('CA_EXPIRY_WARNING_DAYS', [90]),
        unseenDays: read.number(
          'UNSEEN_DAYS',
          30,
          `whole days from 1 to ${MAX_DAYS}, or 0`,
          (n) => n === 0 || isDays(n),
        ),
      },
    };
  }, environment);
}

function isDays(days: number): boolean {
  return Number.isInteger(days) && days >= 1 && days <= MAX_DAYS;
}

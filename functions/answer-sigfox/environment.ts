import { EnvironmentError, readEnvironment } from '../../shared/environment.ts';
import { compileSourceRanges } from './source-range.ts';

export interface AnswerSigfoxEnvironment {
  readonly devicesTable: string;
  /** Name of the SecureString with the credentials. */
  readonly credentialsParameter: string;
  readonly region: string;
  readonly endpointUrl: string | undefined;
  /** Whether callbacks may come from an address; undefined: from everywhere. */
  readonly isSource: ((address: string) => boolean) | undefined;
  /** What the lines of a batch hold, where the URL of the callback does not say it. */
  readonly batchFields: readonly string[];
}

/** @throws EnvironmentError that names every variable which is missing or wrong. */
export function readAnswerSigfoxEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
): AnswerSigfoxEnvironment {
  const { ranges, ...read } = readEnvironment(
    (reader) => ({
      devicesTable: reader.text('DEVICES_TABLE'),
      credentialsParameter: reader.text('CREDENTIALS_PARAMETER'),
      region: reader.text('AWS_REGION'),
      batchFields: reader.text('BATCH_FIELDS', 'device;time;data;seqNumber').split(';'),
      ranges: reader.text('SOURCE_RANGES', ''),
    }),
    environment,
  );
  const isSource = ranges === '' ? undefined : compileSourceRanges(ranges);
  if (ranges !== '' && isSource === undefined) {
    throw new EnvironmentError(
      `the function's environment cannot be used: SOURCE_RANGES must be ranges such as 185.110.96.0/22, not "${ranges}". Set it in function.yml.`,
      { code: 'ENVIRONMENT_UNUSABLE', retryable: false, data: { ranges } },
    );
  }
  const endpointUrl = environment['AWS_ENDPOINT_URL_SSM'] || environment['AWS_ENDPOINT_URL'] || undefined;
  return { ...read, isSource, endpointUrl };
}

import { ConfigurationError } from '../../../errors.ts';

/** The versions of AWS IoT SQL that are served. */
export type SqlVersion = '2015-10-08' | '2016-03-23';

/**
 * Reads `awsIotSqlVersion`; absent, it is `2015-10-08` as in the API, the CLI and CloudFormation.
 *
 * @throws ConfigurationError SQL_VERSION_NOT_SERVED for everything else, `beta` included.
 */
export function readSqlVersion(setting: string | undefined): SqlVersion {
  if (setting === undefined) return '2015-10-08';
  if (setting === '2015-10-08' || setting === '2016-03-23') return setting;
  throw new ConfigurationError(
    `the SQL version "${setting}" is not served: set AwsIotSqlVersion to 2016-03-23 or 2015-10-08`,
    { code: 'SQL_VERSION_NOT_SERVED', data: { version: setting } },
  );
}

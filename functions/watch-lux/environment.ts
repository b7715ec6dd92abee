import { readEnvironment } from '../../shared/environment.ts';

export interface WatchLuxEnvironment {
  readonly zonesTable: string;
  readonly commandsTable: string;
  readonly shadesTable: string;
  readonly sunshadesTopicArn: string;
  readonly rejectionsQueueUrl: string;
}

/**
 * The deployed settings of watch-lux. How a zone is watched is not among them: that is published, zone by zone.
 *
 * @throws EnvironmentError that names every variable which is missing or wrong.
 */
export function readWatchLuxEnvironment(environment?: NodeJS.ProcessEnv): WatchLuxEnvironment {
  return readEnvironment(
    (read) => ({
      zonesTable: read.text('ZONES_TABLE'),
      commandsTable: read.text('COMMANDS_TABLE'),
      shadesTable: read.text('SHADES_TABLE'),
      sunshadesTopicArn: read.text('SUNSHADES_TOPIC_ARN'),
      rejectionsQueueUrl: read.text('REJECTIONS_QUEUE_URL'),
    }),
    environment,
  );
}

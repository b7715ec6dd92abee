import { readEnvironment } from '../../shared/environment.ts';

export interface ReportVisitEnvironment {
  readonly buttonsTable: string;
  readonly householdsTable: string;
  readonly visitsTable: string;
  readonly topicArn: string;
  readonly rejectionsQueueUrl: string;
}

/** @throws EnvironmentError that names every variable which is missing. */
export function readReportVisitEnvironment(environment?: NodeJS.ProcessEnv): ReportVisitEnvironment {
  return readEnvironment(
    (read) => ({
      buttonsTable: read.text('BUTTONS_TABLE'),
      householdsTable: read.text('HOUSEHOLDS_TABLE'),
      visitsTable: read.text('VISITS_TABLE'),
      topicArn: read.text('VISITS_TOPIC_ARN'),
      rejectionsQueueUrl: read.text('REJECTIONS_QUEUE_URL'),
    }),
    environment,
  );
}

import { readEnvironment } from '../../shared/environment.ts';
import { DEFAULT_SCORING_SETTINGS, type ScoringSettings } from '../../shared/scoring-settings.ts';
import { PEWMA_MODES } from './pewma.ts';
import type { ReadingShape } from './reading.ts';

export interface ScoreAnomalyEnvironment {
  readonly stateTable: string;
  readonly settingsTable: string;
  readonly rejectionsQueueUrl: string;
  readonly resultTopic: string;
  readonly shape: ReadingShape;
  readonly settings: ScoringSettings;
}

/**
 * The deployed settings of score-anomaly. What is not set is as in the blog post that it comes from: its
 * wind stations' attributes, no event time, and its five numbers.
 *
 * @throws EnvironmentError that names every variable which is missing or wrong.
 */
export function readScoreAnomalyEnvironment(environment?: NodeJS.ProcessEnv): ScoreAnomalyEnvironment {
  const { T, alpha0, beta, threshold, mode } = DEFAULT_SCORING_SETTINGS;
  return readEnvironment((read) => {
    const columns = read.text('DATA_COLUMNS', 'Wind_Velocity_Mtr_Sec').split(',');
    const eventTimeAttribute = read.text('EVENT_TIME_ATTRIBUTE', '');
    return {
      stateTable: read.text('STATE_TABLE'),
      settingsTable: read.text('SETTINGS_TABLE'),
      rejectionsQueueUrl: read.text('REJECTIONS_QUEUE_URL'),
      resultTopic: read.text('RESULT_TOPIC', 'anom/pred'),
      shape: {
        keyAttribute: read.text('KEY_ATTRIBUTE', 'Station_Name'),
        dataColumns: columns.map((column) => column.trim()).filter((column) => column !== ''),
        ...(eventTimeAttribute === '' ? {} : { eventTimeAttribute }),
      },
      settings: {
        T: read.number('PEWMA_T', T, 'a whole number from 1 on', (n) => Number.isInteger(n) && n >= 1),
        alpha0: read.number('PEWMA_ALPHA0', alpha0, 'between 0 and 1', (n) => n > 0 && n < 1),
        beta: read.number('PEWMA_BETA', beta, 'from 0 to 1', (n) => n >= 0 && n <= 1),
        threshold: read.number('PEWMA_THRESHOLD', threshold, 'between 0 and 0.4', (n) => n > 0 && n < 0.4),
        mode: read.choice('PEWMA_MODE', PEWMA_MODES, mode),
      },
    };
  }, environment);
}

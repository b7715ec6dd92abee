import { expect, test } from 'vitest';
import { readScoreAnomalyEnvironment } from '../../functions/score-anomaly/environment.ts';
import { EnvironmentError } from '../../shared/environment.ts';
import { DEFAULT_SCORING_SETTINGS } from '../../shared/scoring-settings.ts';

const REQUIRED = { STATE_TABLE: 's', SETTINGS_TABLE: 't', REJECTIONS_QUEUE_URL: 'u' };

test('What is not set is as in the blog post: its wind stations, no event time, its five numbers.', () => {
  expect(readScoreAnomalyEnvironment(REQUIRED)).toEqual({
    stateTable: 's',
    settingsTable: 't',
    rejectionsQueueUrl: 'u',
    resultTopic: 'anom/pred',
    shape: { keyAttribute: 'Station_Name', dataColumns: ['Wind_Velocity_Mtr_Sec'] },
    settings: DEFAULT_SCORING_SETTINGS,
  });
});

test('Each variable is read.', () => {
  const environment = readScoreAnomalyEnvironment({
    ...REQUIRED,
    RESULT_TOPIC: 'r',
    KEY_ATTRIBUTE: 'id',
    DATA_COLUMNS: 'a, b,',
    EVENT_TIME_ATTRIBUTE: 'at',
    PEWMA_T: '5',
    PEWMA_ALPHA0: '0.5',
    PEWMA_BETA: '0',
    PEWMA_THRESHOLD: '0.1',
    PEWMA_MODE: 'classic',
  });
  expect(environment).toMatchObject({
    resultTopic: 'r',
    shape: { keyAttribute: 'id', dataColumns: ['a', 'b'], eventTimeAttribute: 'at' },
    settings: { T: 5, alpha0: 0.5, beta: 0, threshold: 0.1, mode: 'classic' },
  });
});

test('Every variable that is missing or wrong is named in one error, which says where to set it.', () => {
  const read = () =>
    readScoreAnomalyEnvironment({ STATE_TABLE: 's', REJECTIONS_QUEUE_URL: '', PEWMA_ALPHA0: '1' });
  expect(read).toThrow(EnvironmentError);
  for (const name of ['SETTINGS_TABLE', 'REJECTIONS_QUEUE_URL', 'PEWMA_ALPHA0', 'function.yml']) {
    expect(read).toThrow(name);
  }
});

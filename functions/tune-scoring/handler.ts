import { dynamodbClient, sqsClient } from '../../shared/clients.ts';
import { readEnvironment } from '../../shared/environment.ts';
import { createHandler } from '../../shared/handler.ts';
import { createCounter } from '../../shared/metrics.ts';
import { sendRejection } from '../../shared/rejections.ts';
import { parseChange } from './change.ts';
import { writeChange } from './write.ts';

const environment = readEnvironment((read) => ({
  stateTable: read.text('STATE_TABLE'),
  settingsTable: read.text('SETTINGS_TABLE'),
  rejectionsQueueUrl: read.text('REJECTIONS_QUEUE_URL'),
}));
const now = (): number => Date.now();
const counter = createCounter('tune-scoring', now);

/** Lambda entry: a change of settings from the rule on `anom/settings`, checked and written. */
export const handler = createHandler({
  counter,
  now,
  reject: (rejection) => sendRejection(sqsClient(), environment.rejectionsQueueUrl, rejection),
  run: async (event) => {
    const change = parseChange(event, now());
    const written = await writeChange(dynamodbClient(), environment, change);
    counter.count(written ? 'SettingsChanged' : 'SettingsChangeLate');
    return { written };
  },
});

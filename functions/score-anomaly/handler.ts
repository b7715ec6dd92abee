import { dynamodbClient, iotDataClient, sqsClient } from '../../shared/clients.ts';
import { createHandler } from '../../shared/handler.ts';
import { createCounter } from '../../shared/metrics.ts';
import { publishJson } from '../../shared/publish.ts';
import { sendRejection } from '../../shared/rejections.ts';
import { readScoreAnomalyEnvironment } from './environment.ts';
import { parseReading } from './reading.ts';
import { scoreReading } from './score-reading.ts';
import { SettingsForAll } from './settings-for-all.ts';
import { StateStore } from './state.ts';

const environment = readScoreAnomalyEnvironment();
const now = (): number => Date.now();
const counter = createCounter('score-anomaly', now);

let container: { store: StateStore; settingsForAll: SettingsForAll } | undefined;

/** Lambda entry: a message of the rule on `anom/detect` in, its scores on `anom/pred` out. */
export const handler = createHandler({
  counter,
  now,
  reject: (rejection) => sendRejection(sqsClient(), environment.rejectionsQueueUrl, rejection),
  run: async (event, { awsRequestId }) => {
    const reading = parseReading(event, environment.shape, now());
    const { store, settingsForAll } = (container ??= openContainer());
    const decision = await scoreReading(reading, {
      store,
      requestId: awsRequestId,
      settingsForAll: await settingsForAll.get(),
      onConflict: () => counter.count('StateConflict'),
    });
    // Stored first, published after: whoever sees a result can rely on it, and a crash in between is mended
    // by Lambda's retry, which finds the reading learned and publishes the same result.
    await publishJson(iotDataClient(), environment.resultTopic, decision.result);
    counter.count('ReadingScored');
    if (decision.kind !== 'learn')
      counter.count(decision.kind === 'late' ? 'ReadingLate' : 'ReadingRepeated');
    if (decision.result.anomaly) counter.count('AnomalyFound');
    return decision.result;
  },
});

function openContainer() {
  const client = dynamodbClient();
  const store = new StateStore(client, environment.stateTable);
  const { settingsTable: tableName, settings: defaults } = environment;
  return { store, settingsForAll: new SettingsForAll({ client, tableName, defaults, now }) };
}

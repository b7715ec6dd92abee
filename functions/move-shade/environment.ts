import { readEnvironment } from '../../shared/environment.ts';
import type { AlarmSettings } from './alarm-order.ts';

/** What ALARMS_ZONE says where watch-lux decides. */
const NO_ALARMS = 'none';

export interface MoveShadeEnvironment {
  readonly commandsTable: string;
  readonly shadesTable: string;
  readonly rejectionsQueueUrl: string;
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
  readonly budgetMs: number;
  /** Left out where watch-lux decides. */
  readonly alarms?: AlarmSettings;
}

/**
 * The deployed settings of move-shade.
 *
 * @throws EnvironmentError that names every variable which is missing or wrong.
 */
export function readMoveShadeEnvironment(environment?: NodeJS.ProcessEnv): MoveShadeEnvironment {
  return readEnvironment((read) => {
    const milliseconds = (name: string, fallback: number): number =>
      read.number(name, fallback, 'from 100 to 30000', (n) => n >= 100 && n <= 30_000);
    const zone = read.text('ALARMS_ZONE', NO_ALARMS);
    return {
      commandsTable: read.text('COMMANDS_TABLE'),
      shadesTable: read.text('SHADES_TABLE'),
      rejectionsQueueUrl: read.text('REJECTIONS_QUEUE_URL'),
      connectTimeoutMs: milliseconds('CONNECT_TIMEOUT_MS', 2_000),
      answerTimeoutMs: milliseconds('ANSWER_TIMEOUT_MS', 3_000),
      budgetMs: milliseconds('BUDGET_MS', 20_000),
      ...(zone === NO_ALARMS
        ? {}
        : {
            alarms: { zone, shadeAlarm: read.text('SHADE_ALARM'), reopenAlarm: read.text('REOPEN_ALARM') },
          }),
    };
  }, environment);
}

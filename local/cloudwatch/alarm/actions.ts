import { errorText } from '../../../shared/errors.ts';
import type { Clock } from '../../clock.ts';
import { alarmArn, type Alarm, type AlarmPlace, type AlarmState } from './alarm.ts';
import { readAction, type AlarmAction } from './action-arn.ts';
import type { AlarmHistory } from './history.ts';
import { actionItem } from './history-items.ts';
import { lambdaEvent, notificationMessage, notificationSubject, stateChangeEvent } from './messages.ts';

/** Where the actions of alarms go. What throws or rejects is an action that failed. */
export interface AlarmTargets {
  readonly publish: (message: {
    readonly topicArn: string;
    readonly subject: string;
    readonly message: string;
  }) => Promise<unknown>;
  readonly invokeAsync: (functionArn: string, event: unknown) => Promise<void>;
  /**
   * Refuses an action of a template's alarm that nothing allows: a function's permission and a topic's policy have to
   * let CloudWatch in.
   *
   * @default nothing is refused
   */
  readonly authorise?: (action: AlarmAction & { readonly alarmArn: string }) => void;
}

/** What EventBridge is told of an alarm that has come into another state. */
export type PutAlarmEvent = (event: {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}) => void;

export interface AlarmActionsOptions {
  readonly clock: Clock;
  readonly place: AlarmPlace;
  readonly targets: AlarmTargets;
  /** Told of actions that failed. */
  readonly log: (message: string, data: Readonly<Record<string, unknown>>) => void;
}

/** Runs what alarms are to do when their state has changed. CloudWatch does it once for each change. */
export class AlarmActions {
  readonly #options: AlarmActionsOptions;
  readonly #running = new Set<Promise<void>>();
  #putEvent: PutAlarmEvent | undefined;

  constructor(options: AlarmActionsOptions) {
    this.#options = options;
  }

  /** From now on EventBridge is told as well. */
  connect(putEvent: PutAlarmEvent): void {
    this.#putEvent = putEvent;
  }

  /** Begins with the actions of a change and returns at once. */
  start(alarm: Alarm, previous: AlarmState, history: AlarmHistory): void {
    const { place } = this.#options;
    const { definition } = alarm;
    this.#putEvent?.({
      source: 'aws.cloudwatch',
      detailType: 'CloudWatch Alarm State Change',
      resources: [alarmArn(place, definition.alarmName)],
      detail: stateChangeEvent(alarm, previous, place),
    });
    if (!definition.actionsEnabled) return;
    for (const actionArn of actionsOf(alarm)) {
      const work = this.#run(alarm, previous, actionArn, history);
      this.#running.add(work);
      void work.finally(() => this.#running.delete(work));
    }
  }

  /** Resolves when no action is under way. */
  async drained(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #run(alarm: Alarm, previous: AlarmState, actionArn: string, history: AlarmHistory): Promise<void> {
    const { clock, log } = this.#options;
    const { alarmName } = alarm.definition;
    try {
      await this.#execute(alarm, previous, actionArn);
      history.add(actionItem(alarm, actionArn, clock.now()));
    } catch (thrown) {
      const error = errorText(thrown);
      history.add(actionItem(alarm, actionArn, clock.now(), error));
      log('an action of an alarm failed', { alarmName, actionArn, error });
    }
  }

  async #execute(alarm: Alarm, previous: AlarmState, actionArn: string): Promise<void> {
    const { place, targets } = this.#options;
    const action = readAction(actionArn);
    if (typeof action === 'string') throw new Error(action);
    if (alarm.isDeclared) {
      targets.authorise?.({ ...action, alarmArn: alarmArn(place, alarm.definition.alarmName) });
    }
    if (action.kind === 'lambda') {
      await targets.invokeAsync(actionArn, lambdaEvent(alarm, previous, place));
      return;
    }
    await targets.publish({
      topicArn: actionArn,
      subject: notificationSubject(alarm, place),
      message: notificationMessage(alarm, previous, place),
    });
  }
}

function actionsOf({ definition, state }: Alarm): readonly string[] {
  const { okActions, alarmActions, insufficientDataActions } = definition;
  return { OK: okActions, ALARM: alarmActions, INSUFFICIENT_DATA: insufficientDataActions }[state.value];
}

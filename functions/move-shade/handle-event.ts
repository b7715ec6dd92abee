import { GlasshouseError } from '../../shared/errors.ts';
import { publishedCommand, type Command } from '../../shared/greenhouse/command.ts';
import { commandTopic } from '../../shared/greenhouse/topics.ts';
import { isNotification, parseAlarm, type AlarmSettings } from './alarm-order.ts';
import { moveShade, type MoveShadeServices } from './move-shade.ts';
import { parseNotice, type CommandNotice } from './notice.ts';
import { queueOrder } from './queue-order.ts';

/** Others used the repeater for as long as this invocation could wait. The command is queued still. */
export class RepeaterInUseError extends GlasshouseError {
  override readonly name = 'RepeaterInUseError' as const;
}

export interface HandleEventServices extends MoveShadeServices {
  /** Which alarms decide; left out where watch-lux does. */
  readonly alarms?: AlarmSettings;
  readonly publish: (topic: string, message: unknown) => Promise<void>;
  readonly count: (name: string) => void;
}

/**
 * Does a queued command, or what an alarm asks for, which is queued first; and publishes how it ended.
 *
 * A command that does not get its repeater is still queued. Where watch-lux decides, its tick publishes the command
 * again. Where alarms decide nobody does, so that this invocation has to be tried again: Lambda does it twice within
 * the life of a command, and then keeps the alarm in the failures queue.
 *
 * @param owner the invocation; a retry has the same
 * @returns the command as it was published, or the status of one that was not
 * @throws RejectedInputError for an event that names no command; OrderNumberError; RepeaterInUseError, retryable,
 *   where alarms decide
 */
export async function handleEvent(
  event: unknown,
  owner: string,
  services: HandleEventServices,
): Promise<Record<string, unknown>> {
  const { alarms, publish, count } = services;
  const notice = isNotification(event) ? await ordered(event, services) : parseNotice(event);
  if (notice === undefined) return { status: null };
  const command = await moveShade(notice, owner, services);
  if (command === undefined) return { status: null };
  if (command.status === 'QUEUED') {
    if (alarms !== undefined) throw repeaterInUse(command);
    // It is not published: that would call this function again, at once.
    return { status: command.status };
  }
  count(`Command${command.status}`);
  const published = publishedCommand(command);
  await publish(commandTopic(command.zone), published);
  return published;
}

async function ordered(
  event: unknown,
  { alarms, commands }: HandleEventServices,
): Promise<CommandNotice | undefined> {
  const order = parseAlarm(event, alarms);
  return order === undefined ? undefined : queueOrder(order, commands);
}

function repeaterInUse({ zone, sequence }: Command): RepeaterInUseError {
  const message = `command ${sequence} of zone "${zone}" waits: others use its repeater; it is tried again`;
  return new RepeaterInUseError(message, {
    code: 'REPEATER_IN_USE',
    retryable: true,
    data: { zone, sequence },
  });
}

import { GlasshouseError } from '../../shared/errors.ts';
import type { CommandStore } from '../../shared/greenhouse/command-store.ts';
import type { AlarmOrder } from './alarm-order.ts';
import type { CommandNotice } from './notice.ts';

/** Other commands stand at every number that an order could have had. */
export class OrderNumberError extends GlasshouseError {
  override readonly name = 'OrderNumberError' as const;
}

/** No two alarms change their states so often in a second. */
const MAX_NUMBERS = 16;

/**
 * Queues what an alarm asks for, before anything is sent. The number of the command is the second in which the alarm
 * changed its state, so that the same notification, which may come twice, finds the command that it has made; and an
 * older one that comes late is older. Only where an order for the other position stands at that number, the next is
 * taken.
 *
 * @throws OrderNumberError
 */
export async function queueOrder(order: AlarmOrder, commands: CommandStore): Promise<CommandNotice> {
  const { zone, target, createdAtMs } = order;
  const first = Math.floor(createdAtMs / 1_000);
  for (let sequence = first; sequence < first + MAX_NUMBERS; sequence += 1) {
    const { command } = await commands.queue({ ...order, sequence });
    if (command?.target === target) return { zone, sequence };
  }
  throw new OrderNumberError(`zone "${zone}" has other commands at ${first} and the numbers after it`, {
    code: 'ORDER_NUMBER_TAKEN',
    retryable: false,
    data: { zone, first },
  });
}

import { z } from 'zod';
import {
  busName,
  page,
  paging,
  readInput,
  requireBus,
  type EventBridgeContext,
  type Operation,
} from './context.ts';
import { eventBridgeError, invalid } from './errors.ts';
import { DEFAULT_BUS, type EventBus } from './rule.ts';

const MAX_BUSES = 100;

/** What a bus may be called that is yet to be made. */
export const newBusName = z
  .string()
  .regex(/^[.\w-]{1,256}$/, 'a name takes 1 to 256 letters, digits, ., - and _')
  .refine((name) => name !== DEFAULT_BUS, 'there is one bus called default, and it is there always');

const createInput = z.strictObject({
  Name: newBusName,
  Description: z.string().max(512).optional(),
  /** Has nothing to act on here. */
  Tags: z.array(z.unknown()).optional(),
});
const listInput = z.strictObject({ ...paging, NamePrefix: z.string().max(256).default('') });
const describeInput = z.strictObject({ Name: busName });
const deleteInput = z.strictObject({ Name: z.string() });

/** CreateEventBus, DeleteEventBus, DescribeEventBus, ListEventBuses. */
export function busOperations(context: EventBridgeContext): Readonly<Record<string, Operation>> {
  const { book } = context;
  return {
    CreateEventBus(input) {
      const { Name, Description } = readInput(createInput, input);
      if (book.findBus(Name) !== undefined) {
        throw eventBridgeError('ResourceAlreadyExistsException', `Event bus ${Name} already exists.`);
      }
      if (book.buses().length >= MAX_BUSES) {
        throw eventBridgeError('LimitExceededException', `The limit of ${MAX_BUSES} event buses is reached.`);
      }
      const { arn } = book.putBus(Name, Description, false);
      return { EventBusArn: arn, ...(Description === undefined ? {} : { Description }) };
    },
    DeleteEventBus(input) {
      const { Name } = readInput(deleteInput, input);
      if (Name === DEFAULT_BUS) throw invalid(`Cannot delete event bus ${Name}.`);
      // A bus that there is not is gone already.
      if (book.findBus(Name) === undefined) return {};
      if (book.countRules(Name) > 0) throw invalid("Event bus can't be deleted since it has rules.");
      book.removeBus(Name);
      return {};
    },
    DescribeEventBus(input) {
      const { Name } = readInput(describeInput, input);
      return describe(requireBus(context, Name));
    },
    ListEventBuses(input) {
      const { NamePrefix, ...wanted } = readInput(listInput, input);
      const found = book.buses().filter(({ name }) => name.startsWith(NamePrefix));
      const { items, token } = page(found, ({ name }) => name, wanted);
      return { EventBuses: items.map(describe), ...token };
    },
  };
}

function describe({ name, arn, description }: EventBus) {
  return { Name: name, Arn: arn, ...(description === undefined ? {} : { Description: description }) };
}

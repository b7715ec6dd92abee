import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Delivery } from './delivery.ts';
import { eventBridgeError, invalid } from './errors.ts';
import { DEFAULT_BUS, type EventBus, type Rule } from './rule.ts';
import type { Place, RuleBook } from './rule-book.ts';
import type { Scheduler } from './scheduler.ts';

/** What every operation works with. */
export interface EventBridgeContext {
  readonly book: RuleBook;
  readonly delivery: Delivery;
  readonly scheduler: Pick<Scheduler, 'set' | 'remove'>;
  readonly clock: Clock;
  readonly place: Place;
  readonly newId: () => string;
  readonly log: (message: string, data: Readonly<Record<string, unknown>>) => void;
}

/** An operation of the API, by the JSON that it takes and gives. */
export type Operation = (input: unknown) => object;

/** @throws AwsApiError ValidationException that names the parameter. */
export function readInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw invalid(
    `1 validation error detected${where === '' ? '' : ` at '${where}'`}: ${issue?.message ?? 'the input cannot be read'}`,
  );
}

/** The name of a bus that is given by its name or by its ARN. */
export const busName = z
  .string()
  .max(1_600)
  .default(DEFAULT_BUS)
  .transform((given) => given.replace(/^arn:aws:events:[a-z0-9-]+:\d{12}:event-bus\//, ''));

export const ruleName = z
  .string()
  .regex(/^[.\w-]{1,64}$/, 'a name takes 1 to 64 letters, digits, ., - and _');

/** How a list is asked for piece by piece. */
export const paging = {
  Limit: z.number().int().min(1).max(100).default(100),
  NextToken: z.string().max(2_048).optional(),
};

/** One piece of a list that is in the order of names. */
export function page<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { Limit, NextToken }: { readonly Limit: number; readonly NextToken?: string | undefined },
): { readonly items: readonly Item[]; readonly token: { readonly NextToken?: string } } {
  const after = NextToken === undefined ? '' : Buffer.from(NextToken, 'base64url').toString();
  const rest = items.filter((item) => nameOf(item) > after);
  const shown = rest.slice(0, Limit);
  const last = shown.at(-1);
  const isLast = shown.length === rest.length || last === undefined;
  return {
    items: shown,
    token: isLast ? {} : { NextToken: Buffer.from(nameOf(last)).toString('base64url') },
  };
}

/** @throws AwsApiError ResourceNotFoundException */
export function requireBus({ book }: EventBridgeContext, name: string): EventBus {
  const bus = book.findBus(name);
  if (bus !== undefined) return bus;
  throw eventBridgeError('ResourceNotFoundException', `Event bus ${name.slice(0, 256)} does not exist.`);
}

/** @throws AwsApiError ResourceNotFoundException for a bus or a rule that there is not. */
export function requireRule(context: EventBridgeContext, bus: string, name: string): Rule {
  requireBus(context, bus);
  const rule = context.book.findRule(bus, name);
  if (rule !== undefined) return rule;
  throw eventBridgeError(
    'ResourceNotFoundException',
    `Rule ${name.slice(0, 64)} does not exist on EventBus ${bus}.`,
  );
}

/** Puts a rule into the book and wakes it at its times. */
export function putRule(
  { book, scheduler }: EventBridgeContext,
  ...rule: Parameters<RuleBook['putRule']>
): Rule {
  const made = book.putRule(...rule);
  scheduler.set(made);
  return made;
}

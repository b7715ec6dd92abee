import * as z from 'zod/mini';
import { GlasshouseError } from '../errors.ts';
import { once } from '../once.ts';
import { COMMAND_STATUSES, type Command } from './command.ts';
import { POSITIONS } from './position.ts';

/** An item in the table of commands that none of its functions wrote. */
export class CommandItemError extends GlasshouseError {
  override readonly name = 'CommandItemError' as const;
}

/** What a command's item holds, beside what its table needs. */
export const commandSchema = once(() =>
  z.object({
    zone: z.string(),
    sequence: z.int(),
    target: z.enum(POSITIONS),
    reason: z.string(),
    why: z.string(),
    attempt: z.int(),
    createdAtMs: z.number(),
    expiresAtMs: z.number(),
    status: z.enum(COMMAND_STATUSES),
    sentAtMs: z.exactOptional(z.number()),
    endedAtMs: z.exactOptional(z.number()),
    emitted: z.exactOptional(z.enum(['yes', 'no', 'unknown'])),
    idempotent: z.exactOptional(z.boolean()),
    tries: z.exactOptional(z.int()),
    problem: z.exactOptional(z.object({ code: z.string(), message: z.string() })),
  }),
);

/** @throws CommandItemError when the item is not a command; a person has to look at it. */
export function readCommandItem(item: Readonly<Record<string, unknown>> | undefined): Command | undefined {
  if (item === undefined) return undefined;
  const parsed = z.safeParse(commandSchema(), item);
  if (parsed.success) return parsed.data;
  const key = { zone: item['zone'], sequence: item['sequence'] };
  throw new CommandItemError(
    `command ${String(key.sequence)} of zone "${String(key.zone)}" cannot be read at ${parsed.error.issues[0]?.path.join('.') ?? 'its root'}: delete the item`,
    { code: 'COMMAND_UNREADABLE', retryable: false, data: key, cause: parsed.error },
  );
}

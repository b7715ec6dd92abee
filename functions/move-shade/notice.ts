import * as z from 'zod/mini';
import { ZONE_NAME } from '../../shared/greenhouse/topics.ts';
import { RejectedInputError } from '../../shared/rejections.ts';

/**
 * Tells of a command that is to be sent. It says which, and nothing more: what to do is in the table, so that
 * whoever can publish cannot thereby move a shade.
 */
export interface CommandNotice {
  readonly zone: string;
  readonly sequence: number;
}

const schema = z.object({
  zone: z.string().check(z.regex(ZONE_NAME)),
  sequence: z.int().check(z.gte(1)),
});

/** @throws RejectedInputError with the code COMMAND_UNREADABLE. */
export function parseNotice(message: unknown): CommandNotice {
  const parsed = z.safeParse(schema, message);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw new RejectedInputError(
    'COMMAND_UNREADABLE',
    `the message names no command${field === '' ? '' : ` at "${field}"`}: ${issue?.message ?? 'wrong shape'}`,
    field,
  );
}

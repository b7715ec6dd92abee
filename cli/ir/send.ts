import { sendOnce, type SendOutcome } from '../../shared/greenhouse/repeater-client.ts';
import { meaningOf } from '../../shared/greenhouse/repeater-errors.ts';
import { durationMs, MAX_ID, writeSendir, type Sendir } from '../../shared/greenhouse/sendir.ts';
import type { Arguments } from '../arguments.ts';
import { CommandError } from '../errors.ts';
import { quoted, visible, type Terminal } from '../terminal.ts';
import { readAddress, readCode } from './input.ts';

/**
 * `ir send`: checks a code, sends it once, and says what became of it.
 *
 * @throws UsageError, IrCodeError, or CommandError with what the repeater said
 */
export async function sendCode(
  words: readonly string[],
  args: Arguments,
  { cwd, out }: Terminal,
): Promise<undefined> {
  const [where, text, ...more] = words;
  if (where === undefined || text === undefined) throw args.wrong('ir send needs HOST[:PORT] and a code');
  if (more.length > 0)
    throw args.wrong('ir send takes one code: put it in quotes, so that the shell keeps it together');
  const address = readAddress(where, args);
  const connector = args.text('connector') ?? '1:1';
  if (!/^1:[1-3]$/.test(connector))
    throw args.wrong(`--connector takes 1:1, 1:2 or 1:3, not ${quoted(connector)}`);
  const id = args.count('id') ?? 1;
  if (id > MAX_ID) throw args.wrong(`--id takes at most ${MAX_ID}`);
  const sendir: Sendir = { connector, id, code: readCode(text, cwd) };
  const lasts = `${Math.round(durationMs(sendir.code))} ms`;
  if (args.flag('dry-run')) {
    await out.line(writeSendir(sendir));
    await out.line(`right: ${sendir.code.pulses.length / 2} pairs, ${lasts}`);
    return undefined;
  }
  const outcome = await sendOnce({ address, sendir });
  if (outcome.kind !== 'complete')
    throw failure(outcome, `${visible(address.host)}:${address.port}`, connector);
  await out.line(
    `the code has left ${visible(address.host)}:${address.port} at connector ${connector} (${lasts})`,
  );
  return undefined;
}

function failure(
  outcome: Exclude<SendOutcome, { kind: 'complete' }>,
  place: string,
  connector: string,
): CommandError {
  switch (outcome.kind) {
    case 'busy':
      return new CommandError(
        'REPEATER_BUSY',
        `another client is sending at connector ${connector}: try again`,
        {
          retryable: true,
        },
      );
    case 'unreachable':
      return new CommandError('REPEATER_UNREACHABLE', `${place} was not reached: ${outcome.problem}`, {
        retryable: true,
      });
    case 'unanswered':
      return new CommandError(
        'REPEATER_SILENT',
        `${place} did not answer (${outcome.problem}): whether the code has left is not known`,
      );
    case 'error':
    default: {
      const { family, code } = outcome.error;
      return new CommandError('REPEATER_REFUSED', `${place} refused (${code}): ${meaningOf(family, code)}`);
    }
  }
}

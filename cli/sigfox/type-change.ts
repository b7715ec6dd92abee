import { layOutPayload } from '../../shared/sigfox/payload-layout.ts';
import type { DeviceType } from '../../shared/sigfox/device-type.ts';
import type { Arguments } from '../arguments.ts';
import { CommandError } from '../errors.ts';
import { quoted } from '../terminal.ts';
import { readingConfig } from './check-config.ts';
import type { DeviceTypeChange } from './type-table.ts';

/** A downlink has as many bytes, and no more. */
const DOWNLINK_BYTES = 8;

/** A year: a device that is silent for longer is missed by nobody. */
const MAX_INTERVAL_SECONDS = 31_536_000;

/**
 * Reads what `type set` is to change, and checks both configs with the parser that will read them.
 *
 * @param before what is known of the kind already.
 * @throws UsageError when nothing is to change
 * @throws CommandError what is wrong with a config, and where
 */
export function readChange(args: Arguments, before: DeviceType): DeviceTypeChange {
  const payloadConfig = orNull(args.text('config'));
  const echoConfig = orNull(args.text('echo'));
  const intervalSeconds = readInterval(args);
  const change = {
    ...(payloadConfig === undefined ? {} : { payloadConfig }),
    ...(echoConfig === undefined ? {} : { echoConfig }),
    ...(intervalSeconds === undefined ? {} : { intervalSeconds }),
  };
  if (Object.keys(change).length === 0) {
    throw args.wrong('sigfox type set needs --config, --echo or --interval');
  }
  const config = payloadConfig === undefined ? (before.payloadConfig ?? null) : payloadConfig;
  const echo = echoConfig === undefined ? (before.echoConfig ?? null) : echoConfig;
  const names =
    config === null ? [] : readingConfig(config, () => layOutPayload(config)).map(({ name }) => name);
  if (echo !== null) checkEcho(echo, names);
  return change;
}

/** An echo is told by fields of the downlink that come back in the uplink under the same names. */
function checkEcho(echo: string, names: readonly string[]): void {
  const fields = readingConfig(echo, () => layOutPayload(echo));
  const beyond = fields.find(({ firstBit, bits }) => firstBit + bits > DOWNLINK_BYTES * 8);
  if (beyond !== undefined) {
    const message = `the echo's field ${quoted(beyond.name)} ends beyond the ${DOWNLINK_BYTES} bytes of a downlink`;
    throw new CommandError('ECHO_BEYOND_DOWNLINK', message);
  }
  const missing = fields.find(({ name }) => !names.includes(name));
  if (missing === undefined) return;
  const known = names.length === 0 ? 'it has no payload config' : `it has ${names.join(', ')}`;
  const message = `the echo's field ${quoted(missing.name)} is none of the payload's, so that no message could ever confirm a downlink: ${known}`;
  throw new CommandError('ECHO_NOT_IN_PAYLOAD', message);
}

function readInterval(args: Arguments): number | null | undefined {
  const text = args.text('interval');
  if (text === undefined || text === '') return orNull(text) === null ? null : undefined;
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds <= MAX_INTERVAL_SECONDS) return seconds;
  throw args.wrong(`--interval takes whole seconds from 0 on, not ${quoted(text)}`);
}

/** An empty text takes the attribute away. */
function orNull(text: string | undefined): string | null | undefined {
  return text === '' ? null : text;
}

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseIrCode } from '../../shared/greenhouse/ir-code.ts';
import { REPEATER_PORT, type RepeaterAddress } from '../../shared/greenhouse/repeater-client.ts';
import type { IrCode } from '../../shared/greenhouse/sendir.ts';
import type { Arguments } from '../arguments.ts';
import { CommandError } from '../errors.ts';
import { fileFailure } from '../file-failure.ts';
import { quoted } from '../terminal.ts';

/** A file with a code is no larger: one line of at most 4096 bytes. */
const MAX_FILE_BYTES = 8192;

/** `HOST`, `HOST:PORT`, `[IPv6]` or `[IPv6]:PORT`. @throws UsageError */
export function readAddress(text: string, args: Arguments): RepeaterAddress {
  const [, ipv6, name, port] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]{1,253}))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = ipv6 ?? name;
  if (host === undefined) throw args.wrong(`${quoted(text)} is no HOST[:PORT]`);
  return { host, port: port === undefined ? REPEATER_PORT : readPort(port, args) };
}

/** @throws UsageError */
export function readPort(text: string, args: Arguments): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw args.wrong(`${quoted(text)} is no port: they go from 0 to 65535`);
}

/**
 * A code as it is given: itself, or `@FILE` for one in a file.
 *
 * @throws CommandError CODE_UNREADABLE; IrCodeError, which says what the repeater would answer.
 */
export function readCode(text: string, cwd: string): IrCode {
  return parseIrCode(text.startsWith('@') ? readFile(path.resolve(cwd, text.slice(1))) : text);
}

function readFile(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > MAX_FILE_BYTES) throw new Error(`it has ${size} bytes, a code has at most ${MAX_FILE_BYTES}`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(
      'CODE_UNREADABLE',
      `the code ${quoted(file, 200)} cannot be read: ${fileFailure(error)}`,
      {
        cause: error,
      },
    );
  }
}

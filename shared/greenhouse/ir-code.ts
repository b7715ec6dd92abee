import { GlasshouseError } from '../errors.ts';
import { meaningOf } from './repeater-errors.ts';
import { MAX_COMMAND_BYTES, readSendir, type IrCode } from './sendir.ts';

/**
 * A code that a repeater would refuse. `code` is `IR_CODE_` and the number of the error that an iTach would
 * answer; the message says it in full.
 */
export class IrCodeError extends GlasshouseError {
  override readonly name = 'IrCodeError' as const;
}

/**
 * Reads a code as people have it: a whole `sendir` line, learned or from a manufacturer, or the line from its
 * frequency on (`37993,1,1,246,160,…`). White space at its ends is nothing; a carriage return within it is
 * one command's end, and a code is one command.
 *
 * @throws IrCodeError that names the answer which the repeater would give.
 */
export function parseIrCode(text: string): IrCode {
  const line = text.trim();
  if (Buffer.byteLength(line) > MAX_COMMAND_BYTES) throw refusal('015', '0:0', text);
  if (/[\r\n]/.test(line)) throw refusal('017', '0:0', text);
  const read = readSendir(/^sendir,/i.test(line) ? line : `sendir,1:1,1,${line}`);
  if (!read.ok) throw refusal(read.error, read.connector, text);
  return read.sendir.code;
}

function refusal(error: string, connector: string, text: string): IrCodeError {
  return new IrCodeError(
    `the infrared code cannot be sent: ${meaningOf('itach', error)}; the repeater would answer ERR_${connector},${error}`,
    { code: `IR_CODE_${error}`, retryable: false, data: { error, code: text.slice(0, 200) } },
  );
}

import * as z from 'zod/mini';
import { once } from '../once.ts';
import { parseIrCode } from './ir-code.ts';
import { REPEATER_PORT, type RepeaterAddress } from './repeater-client.ts';
import type { Position } from './position.ts';
import type { IrCode } from './sendir.ts';

/** The code for one position, as it is stored. */
export interface ShadeCode {
  /** A `sendir` line, or one from its frequency on. */
  readonly code: string;
  /**
   * Whether the shade does the same when the code comes twice: true for a remote with a button for each
   * direction, false for a single button that toggles. It decides whether a code may be sent again after
   * nobody has answered.
   */
  readonly idempotent: boolean;
}

/** How a zone's shade is reached: where its repeater is and what it has to emit. */
export interface Shade {
  readonly repeater: RepeaterAddress;
  /** `module:connector` of the emitter, such as `1:1`. */
  readonly connector: string;
  readonly codes: Readonly<Record<Position, ShadeCode>>;
}

/** A host is a name or an address; nothing that a shell or a URL would take apart. */
const HOST = /^[A-Za-z0-9:.-]{1,253}$/;

export const shadeSchema = once(() => {
  const code = z.strictObject({
    code: z.string().check(z.maxLength(4096)),
    idempotent: z.boolean(),
  });
  return z.strictObject({
    repeater: z.strictObject({
      host: z.string().check(z.regex(HOST)),
      port: z._default(z.int().check(z.gte(1), z.lte(65_535)), REPEATER_PORT),
    }),
    connector: z._default(z.string().check(z.regex(/^1:[1-3]$/)), '1:1'),
    codes: z.strictObject({ open: code, shaded: code }),
  });
});

/** The codes of a shade, read. @throws IrCodeError for one that the repeater would refuse. */
export function readCodes(shade: Shade): Readonly<Record<Position, IrCode>> {
  return { open: parseIrCode(shade.codes.open.code), shaded: parseIrCode(shade.codes.shaded.code) };
}

import { compilePayloadDecoder, type PayloadValue } from '../../shared/sigfox/payload-decoder.ts';
import { layOutPayload, type PlacedField } from '../../shared/sigfox/payload-layout.ts';
import type { Arguments } from '../arguments.ts';
import { EXIT } from '../errors.ts';
import { visible, type Terminal } from '../terminal.ts';
import { readingConfig } from './check-config.ts';
import { drawPayload, letterOf } from './draw-payload.ts';

/** Decodes a payload by a config and draws it. */
export async function decode(args: Arguments, { out }: Terminal): Promise<number> {
  const config = args.text('config');
  const data = args.text('data');
  if (config === undefined || data === undefined) throw args.wrong('sigfox decode needs --config and --data');
  const { fields, values } = readingConfig(config, () => ({
    fields: layOutPayload(config),
    values: compilePayloadDecoder(config)(data),
  }));
  if (args.flag('json')) {
    await out.line(JSON.stringify(asJson(fields, values), undefined, 2));
    return EXIT.done;
  }
  for (const line of drawPayload(data, fields)) await out.line(line);
  await out.line();
  const rows = fields.map((field, index) => [
    letterOf(index),
    field.name,
    typeOf(field),
    field.bits === 1
      ? `bit ${field.firstBit}`
      : `bits ${field.firstBit} to ${field.firstBit + field.bits - 1}`,
    visible(textOf(values[field.name])),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    await out.line(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  }
  return EXIT.done;
}

function asJson(fields: readonly PlacedField[], values: Readonly<Record<string, PayloadValue>>) {
  return {
    values: Object.fromEntries(fields.map(({ name }) => [name, plain(values[name])])),
    fields: fields.map((field) => ({
      name: field.name,
      type: typeOf(field),
      firstBit: field.firstBit,
      bits: field.bits,
    })),
  };
}

/** As a reading has it: what a double cannot hold is text. */
function plain(value: PayloadValue | undefined): PayloadValue | undefined {
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** `int:16 /100` */
export function typeOf({ type, bits, littleEndian, scale }: PlacedField): string {
  const width = type === 'bool' ? '' : `:${type === 'char' ? bits / 8 : bits}`;
  const endian = littleEndian ? ' little-endian' : '';
  return `${type}${width}${endian}${scale === undefined ? '' : ` ${scale.operator}${scale.operand}`}`;
}

function textOf(value: PayloadValue | undefined): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

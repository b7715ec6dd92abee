import { PayloadConfigError, type PayloadConfigErrorCode } from './payload-errors.ts';

/** One field as a custom payload config writes it. */
export interface PayloadField {
  readonly name: string;
  /** Column of the field in the config, from 1. */
  readonly column: number;
  readonly type: 'bool' | 'char' | 'float' | 'uint' | 'int';
  /** Width: 1 for bool, eight a character for char. */
  readonly bits: number;
  /** Byte that it begins in; absent: where the fields before it leave off. */
  readonly index?: number;
  /** Bit of that byte that it begins at, 7 being the first; absent: 7, and the byte it ends in is used up. */
  readonly bit?: number;
  readonly littleEndian: boolean;
  readonly scale?: PayloadScale;
}

/** What is done to the number once it is read: `:/100`. */
export interface PayloadScale {
  readonly operator: '/' | '*' | '+' | '-';
  readonly operand: number;
}

/** Characters of a config: what Sigfox's form takes, and room. */
const MAX_LENGTH = 4_096;

const NAME = /^[A-Za-z0-9_#$-]+$/;
const SCALE = /^([/*+-])(\d+(?:\.\d+)?)$/;
const WHOLE = /^\d{1,4}$/;

/** Names that reach what every object inherits. */
const DANGEROUS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses a Sigfox custom payload config:
 *
 *     name ":" [index] ":" ( "bool:" bit | "char:" bytes [":" bit]
 *                          | ("float" | "uint" | "int") ":" bits [":" [endian]] [":" bit] ) [":" scale]
 *
 * Fields are divided by spaces. Names are letters, digits, `_`, `-`, `#` and `$`; endian is `big-endian`, the
 * default, or `little-endian`; a bit is 0 to 7, 7 being a byte's first; a scale is `/100`, `*2`, `+n`, `-n`.
 *
 * @throws PayloadConfigError
 */
export function parsePayloadConfig(config: string): PayloadField[] {
  if (config.length > MAX_LENGTH) {
    const reason = `it has ${config.length} characters, of at most ${MAX_LENGTH}`;
    throw new PayloadConfigError('CONFIG_TOO_LONG', { field: '', column: MAX_LENGTH + 1, reason });
  }
  const fields: PayloadField[] = [];
  const names = new Set<string>();
  for (const match of config.matchAll(/[^ \t\r\n]+/g)) {
    const field = new FieldReader(match[0], match.index + 1).read();
    if (names.has(field.name)) {
      const reason = 'another field has this name already';
      throw new PayloadConfigError('NAME_TAKEN', { field: field.name, column: field.column, reason });
    }
    names.add(field.name);
    fields.push(field);
  }
  if (fields.length > 0) return fields;
  throw new PayloadConfigError('CONFIG_EMPTY', { field: '', column: 1, reason: 'it has no field' });
}

interface Part {
  readonly text: string;
  readonly column: number;
}

/** Reads the parts of one field, from the left. */
class FieldReader {
  readonly #column: number;
  readonly #parts: readonly Part[];
  #next = 0;
  #name = '';

  constructor(text: string, column: number) {
    this.#column = column;
    let at = column;
    this.#parts = text.split(':').map((part) => {
      const own = { text: part, column: at };
      at += part.length + 1;
      return own;
    });
  }

  read(): PayloadField {
    const name = this.#readName();
    const index = this.#readIndex();
    const kind = this.#take('its type: bool, char, float, uint or int');
    const own = { name, column: this.#column, ...(index === undefined ? {} : { index }) };
    const field = { ...own, ...this.#readType(kind) };
    const scale = field.type === 'char' || field.type === 'bool' ? undefined : this.#readScale();
    const left = this.#parts[this.#next];
    if (left !== undefined)
      throw this.#wrong('FIELD_OVERLOADED', left, `"${left.text}" is more than a field has`);
    return scale === undefined ? field : { ...field, scale };
  }

  #readName(): string {
    const part = this.#take('its name');
    this.#name = part.text;
    if (!NAME.test(part.text)) {
      throw this.#wrong('NAME_INVALID', part, 'a name is letters, digits, _, -, # and $');
    }
    if (DANGEROUS.has(part.text)) throw this.#wrong('NAME_DANGEROUS', part, 'no field may have this name');
    return part.text;
  }

  #readIndex(): number | undefined {
    const part = this.#take('its index, which may be empty');
    if (part.text === '') return undefined;
    if (WHOLE.test(part.text)) return Number(part.text);
    throw this.#wrong('INDEX_INVALID', part, `the index "${part.text}" is not a byte's number, from 0`);
  }

  #readType(kind: Part): Omit<PayloadField, 'name' | 'column' | 'index' | 'scale'> {
    switch (kind.text) {
      case 'bool':
        return {
          type: 'bool',
          bits: 1,
          bit: this.#readBit(this.#take('its bit, 0 to 7')),
          littleEndian: false,
        };
      case 'char':
        return {
          type: 'char',
          bits: 8 * this.#readWidth('bytes', 1, 12),
          littleEndian: false,
          ...this.#readOptionalBit(),
        };
      case 'float': {
        const { column } = this.#parts[this.#next] ?? kind;
        const bits = this.#readWidth('bits', 32, 64);
        if (bits !== 32 && bits !== 64) {
          throw this.#wrong('WIDTH_INVALID', { text: '', column }, `a float has 32 or 64 bits, not ${bits}`);
        }
        return { type: 'float', bits, ...this.#readEndianAndBit(bits) };
      }
      case 'uint':
      case 'int': {
        const bits = this.#readWidth('bits', 1, 64);
        return { type: kind.text, bits, ...this.#readEndianAndBit(bits) };
      }
      default:
        throw this.#wrong('TYPE_UNKNOWN', kind, `"${kind.text}" is none of bool, char, float, uint, int`);
    }
  }

  #readWidth(unit: 'bits' | 'bytes', least: number, most: number): number {
    const part = this.#take(`its width in ${unit}`);
    const width = WHOLE.test(part.text) ? Number(part.text) : Number.NaN;
    if (width >= least && width <= most) return width;
    throw this.#wrong(
      'WIDTH_INVALID',
      part,
      `"${part.text}" is not a width from ${least} to ${most} ${unit}`,
    );
  }

  #readEndianAndBit(bits: number): { littleEndian: boolean; bit?: number } {
    const part = this.#parts[this.#next];
    if (part === undefined || SCALE.test(part.text)) return { littleEndian: false };
    // The endian may be left out altogether: then the bit follows at once.
    if (/^\d/.test(part.text)) return { littleEndian: false, ...this.#readOptionalBit() };
    this.#next += 1;
    if (!['', 'big-endian', 'little-endian'].includes(part.text)) {
      throw this.#wrong('ENDIAN_UNKNOWN', part, `"${part.text}" is neither big-endian nor little-endian`);
    }
    const littleEndian = part.text === 'little-endian';
    const bit = this.#readOptionalBit();
    // Bytes can be turned round only where the field is made of whole ones.
    if (littleEndian && (bits % 8 !== 0 || (bit.bit ?? 7) !== 7)) {
      throw this.#wrong('ENDIAN_NOT_WHOLE_BYTES', part, 'little-endian is for whole bytes only');
    }
    return { littleEndian, ...bit };
  }

  #readOptionalBit(): { bit?: number } {
    const part = this.#parts[this.#next];
    if (part === undefined || SCALE.test(part.text)) return {};
    this.#next += 1;
    return { bit: this.#readBit(part) };
  }

  #readBit(part: Part): number {
    if (/^[0-7]$/.test(part.text)) return Number(part.text);
    throw this.#wrong('BIT_INVALID', part, `"${part.text}" is not a bit from 0 to 7`);
  }

  #readScale(): PayloadScale | undefined {
    const part = this.#parts[this.#next];
    if (part === undefined) return undefined;
    this.#next += 1;
    const [, operator, operand] = SCALE.exec(part.text) ?? [];
    if (operator === '/' && Number(operand) === 0)
      throw this.#wrong('SCALE_INVALID', part, 'nothing can be divided by 0');
    if (operator === '/' || operator === '*' || operator === '+' || operator === '-') {
      return { operator, operand: Number(operand) };
    }
    throw this.#wrong('SCALE_INVALID', part, `"${part.text}" is none of /n, *n, +n, -n`);
  }

  #take(what: string): Part {
    const part = this.#parts[this.#next];
    if (part !== undefined) {
      this.#next += 1;
      return part;
    }
    const end = this.#parts.at(-1);
    const column = end === undefined ? this.#column : end.column + end.text.length;
    throw this.#wrong('FIELD_INCOMPLETE', { text: '', column }, `the field ends before ${what}`);
  }

  #wrong(code: PayloadConfigErrorCode, part: Part, reason: string): PayloadConfigError {
    return new PayloadConfigError(code, { field: this.#name, column: part.column, reason });
  }
}

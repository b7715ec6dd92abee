import { type FieldName, keepValue, type PieceReader } from './parsed-fields.ts';

/** Which signs a number may have: a minus, none, or a plus where it has more digits than its letters. */
export type SignRule = 'minus' | 'none' | 'plusWhenLonger';

/** A number in a pattern. */
export interface NumberSpec {
  readonly field: FieldName;
  readonly minWidth: number;
  readonly maxWidth: number;
  readonly sign: SignRule;
  /** Makes the value of the digits; they were `length` many. @default the number that they write */
  readonly meaning?: (digits: number, length: number) => number;
}

/** Java counts no more digits. */
export const MAX_WIDTH = 19;

/**
 * Whether a number has the same width always. Such numbers may follow another number without anything between:
 * in `yyyyMMdd` the year leaves four digits to the others.
 */
export function isFixed({ minWidth, maxWidth, sign }: NumberSpec): boolean {
  return minWidth === maxWidth && sign === 'none';
}

/** Reads a number that leaves `reserved` digits to the numbers right behind it. */
export function numberReader(spec: NumberSpec, reserved: number): PieceReader {
  const { field, minWidth, maxWidth, sign, meaning } = spec;
  return (text, at, fields) => {
    const signText = /^[+-]/.exec(text.charAt(at))?.[0] ?? '';
    if (signText !== '' && !mayHaveSign(signText, sign)) return undefined;
    const start = at + signText.length;
    const available = digitsAt(text, start, maxWidth + reserved);
    const length = reserved === 0 ? available : Math.max(minWidth, available - reserved);
    if (length < minWidth || length > available) return undefined;
    if (sign === 'plusWhenLonger' && signText !== '-' && length > minWidth !== (signText === '+'))
      return undefined;
    const digits = Number(text.slice(start, start + length));
    if (signText === '-' && digits === 0) return undefined;
    const value = meaning === undefined ? digits : meaning(digits, length);
    return keepValue(fields, field, signText === '-' ? -value : value) ? start + length : undefined;
  };
}

function mayHaveSign(sign: string, rule: SignRule): boolean {
  return rule === 'plusWhenLonger' || (rule === 'minus' && sign === '-');
}

function digitsAt(text: string, start: number, maxLength: number): number {
  let length = 0;
  while (length < maxLength && /^\d$/.test(text.charAt(start + length))) length += 1;
  return length;
}

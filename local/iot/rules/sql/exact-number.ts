import { Decimal } from 'decimal.js';

declare global {
  interface JSON {
    /** Text that JSON.stringify writes as it is; TypeScript does not list it yet. */
    rawJSON(text: string): unknown;
  }
}

/** Significant digits of a Decimal of AWS IoT SQL. */
export const MAX_DIGITS = 34;

/** The exponent of a Decimal lies between -999 and 999. */
const MAX_EXPONENT = 999;

/** Decimal arithmetic as AWS documents it; an even last digit wins a tie, as in IEEE 754's decimal128. */
export const Decimal34 = Decimal.clone({
  precision: MAX_DIGITS,
  rounding: Decimal.ROUND_HALF_EVEN,
  minE: -MAX_EXPONENT,
  maxE: MAX_EXPONENT,
  toExpNeg: -MAX_EXPONENT,
  toExpPos: MAX_EXPONENT,
});

/** A number that a double does not carry, or (in the version 2015-10-08) a whole Decimal such as 5.0. */
export class ExactNumber {
  readonly decimal: Decimal;
  /** Whether it counts as a Decimal although it is whole: only in the version 2015-10-08. */
  readonly isWholeDecimal: boolean;

  constructor(decimal: Decimal, isWholeDecimal = false) {
    this.decimal = decimal;
    this.isWholeDecimal = isWholeDecimal;
  }

  /** Every digit of it; a whole Decimal ends in `.0`. */
  toString(): string {
    const text = this.decimal.toFixed();
    return this.isWholeDecimal ? `${text}.0` : text;
  }

  /** Makes JSON.stringify write every digit. */
  toJSON(): unknown {
    return JSON.rawJSON(this.toString());
  }
}

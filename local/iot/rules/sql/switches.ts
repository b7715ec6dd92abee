/** What AWS's documents leave open or contradict, and what this cloud does. */
export interface Switches {
  /** `7 / 2` with two Int operands. */
  readonly intDivision: 'int' | 'decimal';
  /** `1 / 0` and `1 % 0`. */
  readonly divisionByZero: 'undefined' | 'fail';
  /** The sign of `-7 % 3`. */
  readonly remainderSign: 'dividend' | 'divisor';
  /** `true OR missing`, `false AND missing`. */
  readonly logicWithUndefined: 'undefined' | 'decided';
  /** `null = null`. */
  readonly nullEqualsNull: 'true' | 'undefined';
  /** `'x' + null` and `'x' + missing`. */
  readonly textPlusNothing: 'undefined' | 'text';
  /** A WHERE that ends in the String "true". */
  readonly whereText: 'refused' | 'converted';
  /** The text that `${missing}` leaves in a template. */
  readonly templateUndefined: 'empty' | 'undefined';
  /** The text that `${x}` leaves when x is Null. */
  readonly templateNull: 'null' | 'empty';
  /** Whether FROM still decides for a message that Basic Ingest sends to the rule by name. */
  readonly basicIngestFrom: 'ignored' | 'applied';
}

/** One decision: the first alternative is the default. */
interface Decision<Alternative extends string> {
  readonly alternatives: readonly [Alternative, ...Alternative[]];
  readonly reason: string;
}

/** Every switch, its alternatives (the default first) and why the default is what it is. */
export const switchTable: { readonly [Name in keyof Switches]: Decision<Switches[Name]> } = {
  intDivision: {
    alternatives: ['int', 'decimal'],
    reason: 'The operator table says Int, which is normative; two worked examples print a Decimal.',
  },
  divisionByZero: {
    alternatives: ['undefined', 'fail'],
    reason: 'Not documented; operands that give no number give Undefined everywhere else.',
  },
  remainderSign: {
    alternatives: ['dividend', 'divisor'],
    reason: 'Not documented; the remainder of the Java types that AWS names takes the dividend’s sign.',
  },
  logicWithUndefined: {
    alternatives: ['undefined', 'decided'],
    reason: 'The tables of AND and OR say Undefined; whether AWS stops at the first operand is not stated.',
  },
  nullEqualsNull: {
    alternatives: ['true', 'undefined'],
    reason: 'The table of = has no row; the table of <> says that Null <> Null is False.',
  },
  textPlusNothing: {
    alternatives: ['undefined', 'text'],
    reason: 'Null and Undefined have no String conversion, and Undefined absorbs.',
  },
  whereText: {
    alternatives: ['refused', 'converted'],
    reason: 'Only a result of true runs the actions; a conversion is not stated for WHERE.',
  },
  templateUndefined: {
    alternatives: ['empty', 'undefined'],
    reason: 'Undefined that is written out by itself is documented as the empty string.',
  },
  templateNull: {
    alternatives: ['null', 'empty'],
    reason: 'Not documented; Null that is written out by itself is null.',
  },
  basicIngestFrom: {
    alternatives: ['ignored', 'applied'],
    reason: 'Basic Ingest names the rule, and FROM is documented as optional for such a rule.',
  },
};

export const defaultSwitches: Switches = {
  intDivision: switchTable.intDivision.alternatives[0],
  divisionByZero: switchTable.divisionByZero.alternatives[0],
  remainderSign: switchTable.remainderSign.alternatives[0],
  logicWithUndefined: switchTable.logicWithUndefined.alternatives[0],
  nullEqualsNull: switchTable.nullEqualsNull.alternatives[0],
  textPlusNothing: switchTable.textPlusNothing.alternatives[0],
  whereText: switchTable.whereText.alternatives[0],
  templateUndefined: switchTable.templateUndefined.alternatives[0],
  templateNull: switchTable.templateNull.alternatives[0],
  basicIngestFrom: switchTable.basicIngestFrom.alternatives[0],
};

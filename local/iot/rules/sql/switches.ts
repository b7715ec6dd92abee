import { defaultFunctionSwitches, type FunctionSwitches, functionSwitchTable } from './functions/switches.ts';

/** What AWS's documents leave open or contradict about the language, and what this cloud does. */
export interface LanguageSwitches {
  /** `7 / 2` with two Int operands. */
  readonly intDivision: 'int' | 'decimal';
  /** `1 / 0` and `1 % 0`. */
  readonly divisionByZero: 'undefined' | 'fail';
  /** The sign of `-7 % 3`. */
  readonly remainderSign: 'dividend' | 'divisor';
  /** `true OR missing`, `false AND missing`; what is decided by its left side does not look at the right one. */
  readonly logicWithUndefined: 'undefined' | 'decided';
  /** `null = null`. */
  readonly nullEqualsNull: 'true' | 'undefined';
  /** `null IN [null]`. */
  readonly nullInArray: 'undefined' | 'compared';
  /** `'x' + null` and `'x' + missing`. */
  readonly textPlusNothing: 'undefined' | 'text';
  /** `[1, missing]`. */
  readonly undefinedInArray: 'dropped' | 'null';
  /** Whether a nested query sees the attributes around it when its element has none of that name. */
  readonly outerAttributes: 'hidden' | 'visible';
  /** What `FROM *` gives in a nested query when the payload is an Object. */
  readonly fromPayload: 'array' | 'object';
  /** A call with too few or too many operands, such as `abs()`. */
  readonly argumentCount: 'undefined' | 'refused';
  /** `SELECT a` of a payload that is not JSON. */
  readonly attributeOfText: 'undefined' | 'fail';
  /** The bytes of `SELECT VALUE color` when it is a String. */
  readonly textValue: 'json' | 'bare';
  /** A WHERE that ends in the String "true". */
  readonly whereText: 'converted' | 'refused';
  /** The text that `${missing}` leaves in a template. */
  readonly templateUndefined: 'empty' | 'undefined';
  /** The text that `${x}` leaves when x is Null. */
  readonly templateNull: 'null' | 'empty';
  /** Whether FROM still decides for a message that Basic Ingest sends to the rule by name. */
  readonly basicIngestFrom: 'ignored' | 'applied';
}

/** Every decision, those about functions included. */
export type Switches = LanguageSwitches & FunctionSwitches;

/** One decision: the first alternative is the default. */
export interface Decision<Alternative extends string> {
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
  nullInArray: {
    alternatives: ['undefined', 'compared'],
    reason: 'Null is not among the documented types of the left operand.',
  },
  textPlusNothing: {
    alternatives: ['undefined', 'text'],
    reason: 'Null and Undefined have no String conversion, and Undefined absorbs.',
  },
  undefinedInArray: {
    alternatives: ['dropped', 'null'],
    reason: 'Not documented for Arrays; a member of an Object that is Undefined is dropped.',
  },
  outerAttributes: {
    alternatives: ['hidden', 'visible'],
    reason: 'Not documented; every example of a nested query reads its own elements only.',
  },
  fromPayload: {
    alternatives: ['array', 'object'],
    reason: 'The live service was seen to answer with an Array of one element.',
  },
  argumentCount: {
    alternatives: ['undefined', 'refused'],
    reason:
      'The reference says that a wrong number of arguments gives Undefined; creation may yet refuse it.',
  },
  attributeOfText: {
    alternatives: ['undefined', 'fail'],
    reason: 'Not documented; an attribute of anything else that is no Object is Undefined.',
  },
  textValue: {
    alternatives: ['json', 'bare'],
    reason: 'The documented example prints the String in quotes.',
  },
  whereText: {
    alternatives: ['converted', 'refused'],
    reason: 'Not stated for WHERE; the conversion table makes a Boolean of this String.',
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
  ...functionSwitchTable,
};

/** The first alternative of every decision. */
export const defaultSwitches: Switches = {
  intDivision: switchTable.intDivision.alternatives[0],
  divisionByZero: switchTable.divisionByZero.alternatives[0],
  remainderSign: switchTable.remainderSign.alternatives[0],
  logicWithUndefined: switchTable.logicWithUndefined.alternatives[0],
  nullEqualsNull: switchTable.nullEqualsNull.alternatives[0],
  nullInArray: switchTable.nullInArray.alternatives[0],
  textPlusNothing: switchTable.textPlusNothing.alternatives[0],
  undefinedInArray: switchTable.undefinedInArray.alternatives[0],
  outerAttributes: switchTable.outerAttributes.alternatives[0],
  fromPayload: switchTable.fromPayload.alternatives[0],
  argumentCount: switchTable.argumentCount.alternatives[0],
  attributeOfText: switchTable.attributeOfText.alternatives[0],
  textValue: switchTable.textValue.alternatives[0],
  whereText: switchTable.whereText.alternatives[0],
  templateUndefined: switchTable.templateUndefined.alternatives[0],
  templateNull: switchTable.templateNull.alternatives[0],
  basicIngestFrom: switchTable.basicIngestFrom.alternatives[0],
  ...defaultFunctionSwitches,
};

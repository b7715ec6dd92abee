/** What AWS's documents leave open or contradict about functions. */
export interface FunctionSwitches {
  /** `bitnot(13)`. */
  readonly bitnot: 'shortest' | 'twosComplement';
  /** `bitnot(true)`, `bitnot(null)` and the like. */
  readonly bitnotOther: 'undefined' | 'unchanged';
  /** Where a table says that a Decimal is rounded down to an Int: -5.7. */
  readonly roundedDown: 'floor' | 'truncate';
  /** `round("1.7")`. */
  readonly roundText: 'halfAwayFromZero' | 'down';
  /** `trunc(2.5, "1")`. */
  readonly truncTextPlaces: 'undefined' | 'converted';
  /** `ln(0)`, `log(-1)`, `sqrt(-1)`, `power(0, -1)`, and what is beyond double precision. */
  readonly outsideDomain: 'undefined' | 'fail';
  /** Which codes `chr()` takes. */
  readonly chrCodes: 'ascii' | 'unicode';
  /** What `length()` counts. */
  readonly lengthUnits: 'utf16' | 'codePoints';
  /** What `trim()` takes away; `ltrim()` and `rtrim()` are documented. */
  readonly trimmed: 'tabsAndSpaces' | 'controls';
  /** `indexof("abc", "z")`. */
  readonly indexofNone: 'minusOne' | 'undefined';
  /** `concat(1)`. */
  readonly concatOne: 'text' | 'unchanged';
  /** `concat("a", null)` and `concat([1], missing)`. */
  readonly concatNothing: 'undefined' | 'skipped';
  /** `concat(1, 2)`. */
  readonly concatWithoutText: 'undefined' | 'text';
  /** `regexp_substr("abc", "z")`. */
  readonly regexpNoMatch: 'undefined' | 'empty';
  /** A key that both the Object and an element of the Array have in `transform("enrichArray", …)`. */
  readonly enrichConflict: 'attributes' | 'element';
  /** What `parse_time` or `time_to_epoch` cannot read: text, a zone, a date without its year, a time without its hour. */
  readonly unreadableTime: 'undefined' | 'fail';
  /** `encode(x, 'hex')`. */
  readonly unknownEncoding: 'undefined' | 'fail';
  /** What `decode(…, 'base64')` makes of bytes that are no UTF-8. */
  readonly decodeBrokenText: 'replaced' | 'null';
}

/** Every switch of the functions, its alternatives (the default first) and why the default is what it is. */
export const functionSwitchTable = {
  bitnot: {
    alternatives: ['shortest', 'twosComplement'],
    reason: 'The reference prints 2, which flips only the digits that 13 has.',
  },
  bitnotOther: {
    alternatives: ['undefined', 'unchanged'],
    reason: 'The row reads "Other value: Other value", where every other function of bits has Undefined.',
  },
  roundedDown: {
    alternatives: ['floor', 'truncate'],
    reason: 'Down is towards negative infinity, as in floor(); one page speaks of truncating.',
  },
  roundText: {
    alternatives: ['halfAwayFromZero', 'down'],
    reason: 'The examples round 1.7 up and -1.5 down; the table says "rounded down" of all Decimals.',
  },
  truncTextPlaces: {
    alternatives: ['undefined', 'converted'],
    reason: 'The table has a String for the first argument only.',
  },
  outsideDomain: {
    alternatives: ['undefined', 'fail'],
    reason: 'Imaginary results are documented as Undefined for other functions; infinity is not mentioned.',
  },
  chrCodes: {
    alternatives: ['ascii', 'unicode'],
    reason: 'A value that is no ASCII code is documented as Undefined; ASCII ends at 127.',
  },
  lengthUnits: {
    alternatives: ['utf16', 'codePoints'],
    reason: 'Characters are not defined; those of Java, in which AWS’s patterns are, are UTF-16 units.',
  },
  trimmed: {
    alternatives: ['tabsAndSpaces', 'controls'],
    reason: 'White space is explained as tabs and spaces for ltrim and rtrim; trim says white space only.',
  },
  indexofNone: {
    alternatives: ['minusOne', 'undefined'],
    reason: 'Not documented; Java’s indexOf gives -1.',
  },
  concatOne: {
    alternatives: ['text', 'unchanged'],
    reason: 'The example turns 1 into "1"; the table returns a single argument unmodified.',
  },
  concatNothing: {
    alternatives: ['undefined', 'skipped'],
    reason: 'Null and Undefined have no String conversion, and an Array holds no Undefined.',
  },
  concatWithoutText: {
    alternatives: ['undefined', 'text'],
    reason: 'The table asks for an Array or a String among the arguments.',
  },
  regexpNoMatch: {
    alternatives: ['undefined', 'empty'],
    reason: 'Not documented; without a match there is no String to give.',
  },
  enrichConflict: {
    alternatives: ['attributes', 'element'],
    reason: 'Not documented; the attributes are applied to the elements, one after the other.',
  },
  unreadableTime: {
    alternatives: ['undefined', 'fail'],
    reason: 'Not documented; a conversion that fails gives Undefined everywhere else.',
  },
  unknownEncoding: {
    alternatives: ['undefined', 'fail'],
    reason:
      'Only base64 is documented for encode; an argument that is not documented gives Undefined elsewhere.',
  },
  decodeBrokenText: {
    alternatives: ['replaced', 'null'],
    reason: 'Java replaces broken characters; NULL is documented for what cannot be decoded.',
  },
} as const;

/** The first alternative of every decision about functions. */
export const defaultFunctionSwitches: FunctionSwitches = {
  bitnot: functionSwitchTable.bitnot.alternatives[0],
  bitnotOther: functionSwitchTable.bitnotOther.alternatives[0],
  roundedDown: functionSwitchTable.roundedDown.alternatives[0],
  roundText: functionSwitchTable.roundText.alternatives[0],
  truncTextPlaces: functionSwitchTable.truncTextPlaces.alternatives[0],
  outsideDomain: functionSwitchTable.outsideDomain.alternatives[0],
  chrCodes: functionSwitchTable.chrCodes.alternatives[0],
  lengthUnits: functionSwitchTable.lengthUnits.alternatives[0],
  trimmed: functionSwitchTable.trimmed.alternatives[0],
  indexofNone: functionSwitchTable.indexofNone.alternatives[0],
  concatOne: functionSwitchTable.concatOne.alternatives[0],
  concatNothing: functionSwitchTable.concatNothing.alternatives[0],
  concatWithoutText: functionSwitchTable.concatWithoutText.alternatives[0],
  regexpNoMatch: functionSwitchTable.regexpNoMatch.alternatives[0],
  enrichConflict: functionSwitchTable.enrichConflict.alternatives[0],
  unreadableTime: functionSwitchTable.unreadableTime.alternatives[0],
  unknownEncoding: functionSwitchTable.unknownEncoding.alternatives[0],
  decodeBrokenText: functionSwitchTable.decodeBrokenText.alternatives[0],
};

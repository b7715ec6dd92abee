/** The families of Global Caché devices, each with error codes of its own. */
export type RepeaterFamily = 'itach' | 'gc-100' | 'flex';

/**
 * What a repeater's error means for whoever sent the command: `never` is a fault of the command or of the
 * repeater's set-up, and stays one however often it is sent; `once` may have been an accident.
 */
export type RepeaterRetry = 'never' | 'once';

/** What iTach answers as `ERR_<module>:<connector>,<code>` (iTach TCP API 1.5, error codes). */
export const ITACH_ERRORS: Readonly<Record<string, string>> = {
  '001': 'the command is not known',
  '002': 'there is no such module',
  '003': 'there is no such connector on the module',
  '004': 'the ID is not from 0 to 65535',
  '005': 'the frequency is not from 15000 to 500000 Hz',
  '006': 'the repeat count is not from 1 to 50',
  '007': 'the offset is not odd, from 1 to 383, and inside the code',
  '008': 'the code has no on and off times',
  '009': 'an on or off time is not from 1 to 65535 periods',
  '010': 'there is an on time without its off time: their number is odd',
  '011': 'the command does not end with a carriage return',
  '012': 'the repeat was exceeded',
  '013': 'infrared was sent to a connector that is an input',
  '014': 'a blaster command was sent to a connector that is no blaster',
  '015': 'the buffer was full before a carriage return came',
  '016': 'no carriage return came',
  '017': 'the syntax is wrong',
  '018': 'a sensor command was sent to a connector that is no input',
  '019': 'the transmission failed repeatedly',
  '020': 'there are 260 or more pairs of on and off times',
  '021': 'a symbol of a compressed code stands where an off time has to be',
  '022': 'a symbol of a compressed code was not defined before',
  '023': 'the option is not known',
  '024': 'the baud rate is not known',
  '025': 'the flow control is not known',
  '026': 'the parity is not known',
  '027': 'the settings are locked',
};

const FLEX_ERRORS: Readonly<Record<string, string>> = {
  '001': 'the request is not known',
  '002': 'the syntax is wrong',
  '003': 'there is no such module or port',
  '004': 'no carriage return came',
  '005': "the port's mode does not support it",
  '006': 'the settings are locked',
  IR001: 'the ID is not from 0 to 65535',
  IR002: 'the frequency is not from 15000 to 500000 Hz',
  IR003: 'the repeat count is not from 1 to 20',
  IR004: 'the offset is wrong',
  IR005: 'an on or off time is not from 4 to 50000 periods',
  IR006: 'there is an on time without its off time: their number is odd',
  IR007: 'there are too many on and off times',
};

const GC100_ERRORS: Readonly<Record<string, string>> = {
  '1': 'no carriage return came in time',
  '2': 'there is no such module',
  '3': 'there is no such module',
  '4': 'there is no such connector on the module',
  '5': 'connector 1 is an input',
  '6': 'connector 2 is an input',
  '7': 'connector 3 is an input',
  '8': 'the offset is even',
  '9': 'there are more than 256 on and off times',
  '10': 'there is an on time without its off time: their number is odd',
  '11': 'the module is no relay',
  '12': 'no carriage return came',
  '13': 'the state is not known',
  '14': 'the command is not supported',
  '15': 'the repeater is busy, or has all the connections that it takes',
  '16': 'the number of on and off times is odd',
  '21': 'the module sends no infrared',
  '23': 'the module does not support the command',
};

const MEANINGS: Readonly<Record<RepeaterFamily, Readonly<Record<string, string>>>> = {
  itach: ITACH_ERRORS,
  'gc-100': GC100_ERRORS,
  flex: FLEX_ERRORS,
};

/** What an error code of a family means, in words; a code that nobody has listed says so. */
export function meaningOf(family: RepeaterFamily, code: string): string {
  const meanings = MEANINGS[family];
  return Object.hasOwn(meanings, code) ? (meanings[code] ?? '') : 'an error that is not in its list';
}

/** Only a transmission that failed on the way (iTach 019) may succeed when it is made again. */
export function retryOf(family: RepeaterFamily, code: string): RepeaterRetry {
  return family === 'itach' && code === '019' ? 'once' : 'never';
}

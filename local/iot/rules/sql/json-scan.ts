/** What a JSON text needs of its reader. */
export interface JsonNeeds {
  /** Whether doubles and JS objects would lose something: digits, the sign of zero, the order of keys. */
  readonly isExact: boolean;
  /** Whether some number could be a whole Decimal such as 5.0 or 1E3. */
  readonly hasWholeDecimals: boolean;
  /** The deepest nesting of arrays and objects; of a text that is no JSON it is only a guess. */
  readonly depth: number;
}

/** Doubles carry every number of this many characters. */
const SAFE_LENGTH = 15;

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** Looks over a JSON text once, without reading it: most payloads need no more than JSON.parse. */
export function scanJson(text: string): JsonNeeds {
  let isExact = false;
  let hasWholeDecimals = false;
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = stringEnd(text, at + 1);
      isExact ||= isDigit(text.charCodeAt(at + 1)) && isKey(text, end);
      at = end - 1;
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
    } else if (code === 0x2d || isDigit(code)) {
      const end = numberEnd(text, at + 1);
      const isNegativeZero = code === 0x2d && text.charCodeAt(at + 1) === 0x30;
      const hasExponent = hasExponentIn(text, at, end);
      isExact ||= end - at > SAFE_LENGTH || isNegativeZero || hasExponent;
      hasWholeDecimals ||= hasExponent || hasZeroFraction(text, at, end);
      at = end - 1;
    }
  }
  return { isExact, hasWholeDecimals, depth: deepest };
}

/** Where the string ends that begins before `at`: after its quote, or at the end of the text. */
export function stringEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}

/** Where the number ends whose first character stands before `at`. */
export function numberEnd(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const isPart = isDigit(code) || code === 0x2e || code === 0x2b || code === 0x2d || isExponentMark(code);
    if (!isPart) break;
  }
  return at;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return text.charCodeAt(at) === COLON;
}

function hasExponentIn(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (isExponentMark(text.charCodeAt(at))) return true;
  return false;
}

/** Whether nothing but zeros follows the point. */
function hasZeroFraction(text: string, start: number, end: number): boolean {
  let at = end - 1;
  while (at > start && text.charCodeAt(at) === 0x30) at -= 1;
  return text.charCodeAt(at) === 0x2e;
}

function isExponentMark(code: number): boolean {
  return code === 0x65 || code === 0x45;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

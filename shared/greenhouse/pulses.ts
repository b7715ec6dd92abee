/** The on and off times of a code, in periods of its carrier, or the error that a repeater answers them with. */
export type PulsesReading =
  | { readonly ok: true; readonly pulses: readonly number[] }
  | { readonly ok: false; readonly code: PulsesError };

export type PulsesError = '008' | '009' | '010' | '020' | '021' | '022';

/** A code has fewer pairs than this. */
export const TOO_MANY_PAIRS = 260;

const MAX_PULSE = 65_535;

/** Symbols of a compressed code: each stands for one of the first fifteen different pairs. */
const SYMBOLS = 'ABCDEFGHIJKLMNO';

/**
 * Reads `on1,off1,…,onN,offN`, plain or compressed. In a compressed code a letter stands for a pair that came
 * before: A for the first different pair, B for the second, up to O; letters need no commas around them
 * (`4,5A8,9ABB` is 4,5,4,5,8,9,4,5,8,9,8,9).
 *
 * An empty value at the end is no value: so a code that ends with a stray comma has as many as it has.
 */
export function readPulses(text: string): PulsesReading {
  const tokens = text.match(/[A-Za-z]|[^A-Za-z,]+|,/g) ?? [];
  const pulses: number[] = [];
  const known: (readonly [number, number])[] = [];
  let previous = ',';
  for (const token of tokens) {
    if (token === ',') {
      // Two commas have an empty value between them.
      if (previous === ',') return { ok: false, code: '009' };
    } else if (/^[A-Za-z]$/.test(token)) {
      if (pulses.length % 2 === 1) return { ok: false, code: '021' };
      const pair = known[SYMBOLS.indexOf(token)];
      if (pair === undefined) return { ok: false, code: '022' };
      pulses.push(...pair);
    } else {
      const value = Number(token);
      if (!/^\d{1,5}$/.test(token) || value < 1 || value > MAX_PULSE) return { ok: false, code: '009' };
      pulses.push(value);
      if (pulses.length % 2 === 0) define(known, pulses);
    }
    if (pulses.length >= 2 * TOO_MANY_PAIRS) return { ok: false, code: '020' };
    previous = token;
  }
  if (pulses.length === 0) return { ok: false, code: '008' };
  return pulses.length % 2 === 1 ? { ok: false, code: '010' } : { ok: true, pulses };
}

function define(known: (readonly [number, number])[], pulses: readonly number[]): void {
  const [on = 0, off = 0] = pulses.slice(-2);
  if (known.length === SYMBOLS.length || known.some(([a, b]) => a === on && b === off)) return;
  known.push([on, off]);
}

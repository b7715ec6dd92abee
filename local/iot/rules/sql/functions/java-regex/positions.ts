import { lineTerminators, ofClass } from './sets.ts';
import type { Position } from './syntax.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Letters and digits of every script, as `\b` sees them before Java 19. */
const boundaryWords = ofClass('[\\p{L}\\p{Nd}_]');
const combiningMarks = ofClass('\\p{Mn}');

/** Whether a position is at `at`. `previousEnd` is where the match before ended. */
export function holdsAt(
  { position, isUnixLines }: { readonly position: Position; readonly isUnixLines: boolean },
  text: string,
  at: number,
  previousEnd: number,
): boolean {
  switch (position) {
    case 'start':
      return at === 0;
    case 'end':
      return at === text.length;
    case 'previousEnd':
      return at === previousEnd;
    case 'endBeforeTerminator':
      return (
        at === text.length ||
        (isTerminatedAt(text, at, isUnixLines) && at + terminatorLength(text, at) === text.length)
      );
    case 'lineStart':
      return at === 0 || (at < text.length && isAfterTerminator(text, at, isUnixLines));
    case 'lineEnd':
      return at === text.length || isTerminatedAt(text, at, isUnixLines);
    case 'wordBoundary':
      return isBoundary(text, at);
    case 'noWordBoundary':
      break;
  }
  return !isBoundary(text, at);
}

/** Whether a line ends here; never inside a carriage return and line feed. */
function isTerminatedAt(text: string, at: number, isUnixLines: boolean): boolean {
  const code = text.charCodeAt(at);
  if (isUnixLines) return code === LINE_FEED;
  if (code === LINE_FEED) return text.charCodeAt(at - 1) !== CARRIAGE_RETURN;
  return lineTerminators(code);
}

function terminatorLength(text: string, at: number): number {
  return text.charCodeAt(at) === CARRIAGE_RETURN && text.charCodeAt(at + 1) === LINE_FEED ? 2 : 1;
}

function isAfterTerminator(text: string, at: number, isUnixLines: boolean): boolean {
  const code = text.charCodeAt(at - 1);
  if (isUnixLines) return code === LINE_FEED;
  return lineTerminators(code) && !(code === CARRIAGE_RETURN && text.charCodeAt(at) === LINE_FEED);
}

function isBoundary(text: string, at: number): boolean {
  return isWordBefore(text, at) !== isWordAt(text, at);
}

function isWordAt(text: string, at: number): boolean {
  const codePoint = text.codePointAt(at);
  return codePoint !== undefined && (boundaryWords(codePoint) || continuesWord(text, at, codePoint));
}

function isWordBefore(text: string, at: number): boolean {
  if (at === 0) return false;
  const pair = at > 1 ? text.codePointAt(at - 2) : undefined;
  const start = pair !== undefined && pair > 0xffff ? at - 2 : at - 1;
  return isWordAt(text, start);
}

/** A combining mark belongs to the word when the letter before it does. */
function continuesWord(text: string, at: number, codePoint: number): boolean {
  if (!combiningMarks(codePoint)) return false;
  for (let base = at - 1; base >= 0; base -= 1) {
    const before = text.charCodeAt(base);
    if (!combiningMarks(before)) return boundaryWords(before);
  }
  return false;
}

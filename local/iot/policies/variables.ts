import type { ConnectionFacts } from './facts.ts';
import { findKey, type Key } from './keys.ts';
import { ESCAPED } from './pattern.ts';

/** A longer value is not put in (AWS's limit, in characters). */
const MAX_VALUE_CHARACTERS = 1_024;

/** Text with `${…}` in it, taken apart once. */
export interface Template {
  readonly written: string;
  readonly parts: readonly Part[];
  /** Whether it reads the same for every connection. */
  readonly isConstant: boolean;
}

type Part =
  | { readonly kind: 'text'; readonly text: string }
  /** `${*}`, `${?}`, `${$}`: the character itself. */
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'variable'; readonly name: string; readonly key: Key | undefined };

/** Why a variable may stay text. */
export const UNFILLED_REASONS = [
  'unknown',
  'missing',
  'several values',
  'holds a wildcard',
  'too long',
] as const;

/** A variable that stayed text. */
export interface Unfilled {
  readonly variable: string;
  readonly reason: (typeof UNFILLED_REASONS)[number];
}

/** A template with its values. */
export interface FilledText {
  /** For people, and for operators that know no wildcards. */
  readonly text: string;
  /** For `compilePattern`. */
  readonly pattern: string;
  readonly unfilled: readonly Unfilled[];
}

const VARIABLE = /\$\{([^{}]*)\}/g;

/** Takes a text apart; with `hasVariables` false, `${…}` is text like any other. */
export function readTemplate(written: string, hasVariables: boolean): Template {
  const parts: Part[] = [];
  let end = 0;
  for (const match of hasVariables ? written.matchAll(VARIABLE) : []) {
    const name = match[1] ?? '';
    if (match.index > end) parts.push({ kind: 'text', text: written.slice(end, match.index) });
    if (name === '*' || name === '?' || name === '$') parts.push({ kind: 'character', character: name });
    else parts.push({ kind: 'variable', name, key: findKey(name) });
    end = match.index + match[0].length;
  }
  if (end < written.length) parts.push({ kind: 'text', text: written.slice(end) });
  return { written, parts, isConstant: !parts.some(({ kind }) => kind === 'variable') };
}

/**
 * Puts the values of a connection in. One pass: what a value holds is never read as a variable again, and a
 * value with `*` or `?` is not put in at all, so that no certificate or client id can widen a policy.
 */
export function fillTemplate(template: Template, facts: ConnectionFacts): FilledText {
  let text = '';
  let pattern = '';
  const unfilled: Unfilled[] = [];
  for (const part of template.parts) {
    if (part.kind === 'text') {
      text += part.text;
      pattern += part.text;
    } else if (part.kind === 'character') {
      text += part.character;
      pattern += ESCAPED.get(part.character) ?? part.character;
    } else {
      const value = part.key?.read(facts, {});
      const reason = part.key === undefined ? 'unknown' : unusable(value);
      const put = typeof value === 'string' && reason === undefined ? value : `\${${part.name}}`;
      text += put;
      pattern += put;
      if (reason !== undefined) unfilled.push({ variable: part.name, reason });
    }
  }
  return { text, pattern, unfilled };
}

function unusable(value: string | readonly string[] | undefined): Unfilled['reason'] | undefined {
  if (value === undefined) return 'missing';
  if (typeof value !== 'string') return 'several values';
  if (value.includes('*') || value.includes('?')) return 'holds a wildcard';
  if (value.length > MAX_VALUE_CHARACTERS && characterCount(value) > MAX_VALUE_CHARACTERS) return 'too long';
  return undefined;
}

/** Characters, of which some take two UTF-16 units. */
function characterCount(text: string): number {
  return text.length - (text.match(/[\u{10000}-\u{10FFFF}]/gu)?.length ?? 0);
}

import type { RepeaterFamily } from './repeater-errors.ts';

/** One line that a repeater sent. */
export type Answer =
  /** The last repeat of a command has left. */
  | { readonly kind: 'complete'; readonly connector: string; readonly id: number }
  /** Another client is sending on that connector. */
  | { readonly kind: 'busy'; readonly connector: string; readonly id: number }
  | { readonly kind: 'stopped'; readonly connector: string }
  | {
      readonly kind: 'error';
      readonly family: RepeaterFamily;
      /** As the family writes it: `010`, `IR006`, `9`. */
      readonly code: string;
      /** Where iTach says that it was; undefined in the other families. */
      readonly connector?: string;
    }
  /** Anything else: of another command, or garbled. */
  | { readonly kind: 'other'; readonly text: string };

const MAX_OTHER = 200;

/** Reads one line, without its carriage return. Never throws. */
export function readAnswer(line: string): Answer {
  const [, word = '', connector = '', id = ''] =
    /^(completeir|busyir),(\d{1,3}:\d{1,3}),(\d{1,5})$/i.exec(line) ?? [];
  if (word !== '') {
    const kind = word.toLowerCase() === 'busyir' ? 'busy' : 'complete';
    return { kind, connector, id: Number(id) };
  }
  const [, stopped] = /^stopir,(\d{1,3}:\d{1,3})$/i.exec(line) ?? [];
  if (stopped !== undefined) return { kind: 'stopped', connector: stopped };
  const [, where, itach] = /^ERR_(\d{1,3}:\d{1,3}),(\d{3})$/i.exec(line) ?? [];
  if (where !== undefined && itach !== undefined) {
    return { kind: 'error', family: 'itach', code: itach, connector: where };
  }
  const [, flex] = /^ERR ((?:IR|SL|RS)?\d{3})$/i.exec(line) ?? [];
  if (flex !== undefined) return { kind: 'error', family: 'flex', code: flex.toUpperCase() };
  const [, gc100] = /^unknowncommand,? ?(\d{1,2})$/i.exec(line) ?? [];
  if (gc100 !== undefined) return { kind: 'error', family: 'gc-100', code: gc100 };
  return { kind: 'other', text: line.slice(0, MAX_OTHER) };
}

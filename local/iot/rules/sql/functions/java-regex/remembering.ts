import { lengthsOf } from './lengths.ts';
import type { RegexNode } from './syntax.ts';

/**
 * Whether a loop that has failed at some place of the text fails there always, so that it need not be tried again:
 * `(a+)+b` then takes time in proportion to the text squared, not doubled by each letter. It holds while nothing that
 * happened before a place counts behind it: no backreference, and no loop that counts its iterations or may take
 * nothing. What stands in an atomic group or a look-around is one step for the loops outside.
 */
export function loopsForget(node: RegexNode, isInner = false): boolean {
  switch (node.kind) {
    case 'set':
    case 'position':
      return true;
    case 'backreference':
      return false;
    case 'sequence':
      return node.items.every((item) => loopsForget(item, isInner));
    case 'alternation':
      return node.branches.every((branch) => loopsForget(branch, isInner));
    case 'capture':
      return loopsForget(node.body, isInner);
    case 'atomic':
    case 'look':
      return loopsForget(node.body, true);
    case 'repeat':
      break;
  }
  const { body, min, max, mode } = node;
  const isOneStep = isInner || mode === 'possessive' || (body.kind === 'set' && mode === 'greedy');
  const isOption = min === 0 && max === 1;
  const countsNothing = min <= 1 && max === Infinity && lengthsOf(body).min > 0;
  return (isOneStep || isOption || countsNothing) && loopsForget(body, isInner || mode === 'possessive');
}

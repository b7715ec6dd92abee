import type { RegexNode } from './syntax.ts';

/** How many characters a part of a pattern can take. */
export interface Lengths {
  readonly min: number;
  readonly max: number;
}

/** The lengths that a look-behind has to try; the longest is Infinity where Java finds no limit either. */
export function lengthsOf(node: RegexNode): Lengths {
  switch (node.kind) {
    case 'set':
      return { min: 1, max: 1 };
    case 'position':
    case 'look':
      return { min: 0, max: 0 };
    case 'sequence':
      return node.items.map(lengthsOf).reduce(sum, { min: 0, max: 0 });
    case 'alternation': {
      const lengths = node.branches.map(lengthsOf);
      return {
        min: Math.min(...lengths.map(({ min }) => min)),
        max: Math.max(...lengths.map(({ max }) => max)),
      };
    }
    case 'capture':
    case 'atomic':
      return lengthsOf(node.body);
    case 'repeat': {
      const body = lengthsOf(node.body);
      return { min: body.min * node.min, max: node.max === 0 ? 0 : body.max * node.max || 0 };
    }
    case 'backreference':
      break;
  }
  return { min: 0, max: Infinity };
}

function sum(left: Lengths, right: Lengths): Lengths {
  return { min: left.min + right.min, max: left.max + right.max };
}

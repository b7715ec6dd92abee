import { comparable } from './comparable.ts';
import type { PatternDialect } from './dialect.ts';
import { PatternError } from './pattern-error.ts';

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

const REMEDY =
  'numeric takes a comparison (= < <= > >=) and a number, or a range: ["<", 5] or [">", 0, "<=", 5]';

/**
 * Compiles `["=", 5]`, `[">", 0]` or `[">", 0, "<=", 5]`.
 *
 * @throws PatternError
 */
export function compileNumeric(
  argument: unknown,
  path: readonly string[],
  dialect: PatternDialect,
): (value: number) => boolean {
  const wrong = (reason: string): PatternError => new PatternError(reason, path, REMEDY);
  if (!Array.isArray(argument)) throw wrong('Value of numeric must be an array.');
  const [comparison, bound, second, secondBound]: unknown[] = argument;
  if (typeof comparison !== 'string') {
    throw wrong(`Invalid member in numeric match: ${argument.length === 0 ? ']' : shown(comparison)}`);
  }
  const holds = Object.hasOwn(COMPARISONS, comparison) ? COMPARISONS[comparison] : undefined;
  if (holds === undefined) throw wrong(`Unrecognized numeric range operator: ${comparison.slice(0, 50)}`);
  const low = readBound(comparison, bound, dialect, wrong);
  if (argument.length === 2) {
    return (value) => {
      const compared = comparable(value, dialect);
      return compared !== undefined && holds(compared, low);
    };
  }
  if (comparison !== '>' && comparison !== '>=') throw wrong('Too many elements in numeric expression');
  if (typeof second !== 'string') throw wrong(`Bad value in numeric range: ${shown(second)}`);
  const holdsToo = second === '<' || second === '<=' ? COMPARISONS[second] : undefined;
  if (holdsToo === undefined) throw wrong(`Bad numeric range operator: ${second.slice(0, 50)}`);
  const high = readBound(second, secondBound, dialect, wrong);
  if (argument.length > 4) throw wrong('Too many terms in numeric range expression');
  if (low >= high) throw wrong('Bottom must be less than top');
  return (value) => {
    const compared = comparable(value, dialect);
    return compared !== undefined && holds(compared, low) && holdsToo(compared, high);
  };
}

function readBound(
  comparison: string,
  bound: unknown,
  dialect: PatternDialect,
  wrong: (reason: string) => PatternError,
): number {
  const name = comparison === '=' ? 'equals' : comparison;
  if (typeof bound !== 'number') throw wrong(`Value of ${name} must be numeric`);
  const compared = comparable(bound, dialect);
  if (compared !== undefined) return compared;
  const limit = dialect.greatestNumber.toExponential(1).replace('e+', 'E');
  throw wrong(`Value must be between -${limit} and ${limit}, inclusive`);
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 50);
}

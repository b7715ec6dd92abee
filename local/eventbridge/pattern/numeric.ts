import { invalidPattern, place } from './invalid-pattern.ts';

/** EventBridge compares numbers of this size, and no greater ones. */
const GREATEST = 5_000_000_000;

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/**
 * Compiles `["=", 5]`, `[">", 0]` or `[">", 0, "<=", 5]`.
 *
 * @throws AwsApiError InvalidEventPatternException
 */
export function compileNumeric(argument: unknown, path: readonly string[]): (value: number) => boolean {
  if (!Array.isArray(argument) || (argument.length !== 2 && argument.length !== 4)) {
    throw invalidPattern(
      `numeric at ${place(path)} takes a comparison and a number, once or twice: ["<", 5] or [">", 0, "<=", 5]`,
    );
  }
  const [comparison, bound, second, secondBound]: unknown[] = argument;
  const holds = compare(comparison, bound, path);
  if (argument.length === 2) return holds;
  const holdsToo = compare(second, secondBound, path);
  const isRange = (comparison === '>' || comparison === '>=') && (second === '<' || second === '<=');
  if (!isRange) throw invalidPattern(`numeric at ${place(path)}: a range is written [">", 0, "<", 5]`);
  if (Number(bound) >= Number(secondBound)) {
    throw invalidPattern(`numeric at ${place(path)}: the lower bound has to be less than the upper one`);
  }
  return (value) => holds(value) && holdsToo(value);
}

function compare(comparison: unknown, bound: unknown, path: readonly string[]): (value: number) => boolean {
  const holds =
    typeof comparison === 'string' && Object.hasOwn(COMPARISONS, comparison)
      ? COMPARISONS[comparison]
      : undefined;
  if (holds === undefined) {
    throw invalidPattern(
      `numeric at ${place(path)} compares with ${Object.keys(COMPARISONS).join(' ')}, not ${String(comparison)}`,
    );
  }
  if (typeof bound !== 'number' || Math.abs(bound) > GREATEST) {
    throw invalidPattern(
      `numeric at ${place(path)} takes numbers from -${GREATEST} to ${GREATEST}, not ${String(bound)}`,
    );
  }
  return (value) => Math.abs(value) <= GREATEST && holds(value, bound);
}

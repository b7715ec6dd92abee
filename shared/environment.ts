import { GlasshouseError } from './errors.ts';

/** A function's environment lacks a variable, or holds one that cannot be used. */
export class EnvironmentError extends GlasshouseError {
  override readonly name = 'EnvironmentError' as const;
}

/** Reads variables one by one, each into the type that it is used as. */
export interface EnvironmentReader {
  /** Text that is not empty; without a `fallback` it has to be set. */
  text(name: string, fallback?: string): string;
  /** A number for which `holds`; `must` says in words what that is. */
  number(name: string, fallback: number, must: string, holds: (value: number) => boolean): number;
  /** Several of them with commas between, as the fallback has them. */
  numbers(
    name: string,
    fallback: readonly number[],
    must: string,
    holds: (value: number) => boolean,
  ): readonly number[];
  /** One of a few words. */
  choice<const Choice extends string>(name: string, choices: readonly Choice[], fallback: Choice): Choice;
}

/**
 * Reads a function's variables, once, at the start of a container. No schema library does it, because reading
 * a dozen variables with one would take a tenth of the whole cold start.
 *
 * @throws EnvironmentError that names every variable which is missing or wrong.
 */
export function readEnvironment<Settings>(
  read: (reader: EnvironmentReader) => Settings,
  environment: NodeJS.ProcessEnv = process.env,
): Settings {
  const problems: string[] = [];
  const settings = read({
    text(name, fallback) {
      const value = environment[name] || fallback;
      if (value === undefined) problems.push(`${name} is not set`);
      return value ?? '';
    },
    number(name, fallback, must, holds) {
      const text = environment[name];
      if (text === undefined || text === '') return fallback;
      const value = Number(text);
      if (!Number.isFinite(value) || !holds(value)) problems.push(`${name} must be ${must}, not "${text}"`);
      return value;
    },
    numbers(name, fallback, must, holds) {
      const text = environment[name];
      if (text === undefined || text === '') return fallback;
      const parts = text.split(',').map((part) => part.trim());
      const values = parts.map(Number);
      const isRight = parts.every((part, at) => part !== '' && holds(values[at] ?? Number.NaN));
      if (!isRight) problems.push(`${name} must be ${must}, with commas between them, not "${text}"`);
      return values;
    },
    choice(name, choices, fallback) {
      const text = environment[name];
      if (text === undefined || text === '') return fallback;
      const found = choices.find((choice) => choice === text);
      if (found === undefined) problems.push(`${name} must be ${choices.join(' or ')}, not "${text}"`);
      return found ?? fallback;
    },
  });
  if (problems.length === 0) return settings;
  throw new EnvironmentError(
    `the function's environment cannot be used: ${problems.join('; ')}. Set it in function.yml.`,
    { code: 'ENVIRONMENT_UNUSABLE', retryable: false, data: { problems } },
  );
}

/** Compiled patterns that are kept, of one kind. */
const MAX_KEPT = 200;

/** Compiles each pattern once: rules repeat few patterns, and payloads that bring ever new ones do not fill the memory. */
export class Kept<Compiled> {
  readonly #compile: (pattern: string) => Compiled;
  readonly #compiled = new Map<string, { readonly value: Compiled }>();

  constructor(compile: (pattern: string) => Compiled) {
    this.#compile = compile;
  }

  /** The compiled pattern; throws what compiling throws, and keeps nothing then. */
  of(pattern: string): Compiled {
    const known = this.#compiled.get(pattern);
    if (known !== undefined) return known.value;
    const value = this.#compile(pattern);
    if (this.#compiled.size >= MAX_KEPT) this.#compiled.clear();
    this.#compiled.set(pattern, { value });
    return value;
  }
}

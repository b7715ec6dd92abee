import { errorText } from '../../shared/errors.ts';
import { counted, visible, type Output } from '../terminal.ts';

/** What a step has come to. */
export interface StepResult {
  readonly step: number;
  readonly title: string;
  readonly ok: boolean;
  /** What was seen; where it is not what it should be, why. */
  readonly detail: string;
  readonly seconds: number;
  /** What does the same on a command line. */
  readonly commands: readonly string[];
}

export interface StageOptions {
  readonly out: Output;
  readonly isJson: boolean;
  readonly withCommands: boolean;
  /** Milliseconds of any clock that only goes forward. */
  readonly nowMs: () => number;
  /** Ends it: no step is begun after it, and what then becomes of the one under way is not told. */
  readonly signal?: AbortSignal;
}

/** Where the steps of a demo are done, one after the other, and told of. The first that fails is the last. */
export class Stage {
  readonly #options: StageOptions;
  readonly #results: StepResult[] = [];

  constructor(options: StageOptions) {
    this.#options = options;
  }

  /** What was done so far. */
  get results(): readonly StepResult[] {
    return this.#results;
  }

  /** Whether every step so far was as it should be. */
  get isFine(): boolean {
    return this.#results.every(({ ok }) => ok);
  }

  /**
   * Does a step, unless an earlier one has failed.
   *
   * @param work resolves to what was seen; throws when it is not what it should be
   * @param commands what does the same on a command line; asked for after the work
   */
  async step(
    title: string,
    work: () => Promise<string>,
    commands: () => readonly string[] = () => [],
  ): Promise<void> {
    const { nowMs } = this.#options;
    if (!this.isFine || this.#isEnded()) return;
    const startedMs = nowMs();
    let ok = true;
    let detail: string;
    try {
      detail = await work();
    } catch (error) {
      ok = false;
      detail = errorText(error);
    }
    if (this.#isEnded()) return;
    const seconds = Math.round(nowMs() - startedMs) / 1_000;
    const step = this.#results.length + 1;
    const result = { step, title, ok, detail, seconds, commands: commands() };
    this.#results.push(result);
    await this.#tell(result);
  }

  #isEnded(): boolean {
    return this.#options.signal?.aborted === true;
  }

  async #tell(result: StepResult): Promise<void> {
    const { out, isJson, withCommands } = this.#options;
    if (isJson) {
      await out.line(JSON.stringify(result));
      return;
    }
    const { step, title, ok, detail, commands } = result;
    const mark = ok ? out.paint('green', '✓') : out.paint('red', '✗');
    await out.line(`${mark} ${String(step).padStart(2)}  ${title}: ${visible(detail)}`);
    if (!withCommands) return;
    for (const command of commands) await out.line(out.paint('dim', `      $ ${visible(command)}`));
  }

  /** Tells how it has ended. @returns whether all was as it should be */
  async end(total: number): Promise<boolean> {
    const { out, isJson } = this.#options;
    const isWhole = this.isFine && this.#results.length === total;
    if (isJson) return isWhole;
    const seconds = this.#results.reduce((sum, one) => sum + one.seconds, 0);
    const done = `${counted(this.#results.filter(({ ok }) => ok).length, 'step')} of ${total}`;
    await out.line(
      out.paint(isWhole ? 'green' : 'red', `${done} as they should be, in ${seconds.toFixed(1)} s`),
    );
    return isWhole;
  }
}

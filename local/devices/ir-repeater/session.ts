import { LineSplitter } from '../../../shared/greenhouse/line-splitter.ts';
import { MAX_COMMAND_BYTES, readSendir, type Sendir } from '../../../shared/greenhouse/sendir.ts';
import type { Clock, Timer } from '../../clock.ts';
import { disturbed, type Disturbance } from './disturbance.ts';
import type { Emitter } from './emitter.ts';
import { answerSettings, isInput, type DeviceSettings } from './settings-commands.ts';

/** How long a command may wait for its carriage return. */
export const LINE_TIMEOUT_MS = 5_000;

export interface SessionOptions {
  /** Its number, from 1 on. */
  readonly client: number;
  readonly clock: Clock;
  readonly settings: DeviceSettings;
  /** By connector. */
  readonly emitters: ReadonlyMap<string, Emitter>;
  readonly nextDisturbance: () => Disturbance | undefined;
  readonly write: (text: string) => void;
  readonly close: () => void;
  readonly onLine: (line: string) => void;
}

/** One client's connection: what it sends is cut into commands, each is done in its turn. */
export class Session {
  readonly #options: SessionOptions;
  readonly #splitter = new LineSplitter(MAX_COMMAND_BYTES);
  #lineTimer: Timer | undefined;
  #isLearning = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Whether it wants to hear of what the learner sees. */
  get isLearning(): boolean {
    return this.#isLearning;
  }

  receive(text: string): void {
    this.#lineTimer?.cancel();
    const { lines, overflowed } = this.#splitter.push(text);
    for (const line of lines) this.#obey(line);
    if (overflowed) this.tell('ERR_0:0,015');
    if (this.#splitter.waiting === '') return;
    this.#lineTimer = this.#options.clock.schedule(LINE_TIMEOUT_MS, () => {
      this.tell(this.#splitter.waiting.startsWith('sendir') ? 'ERR_0:0,011' : 'ERR_0:0,016');
      this.#splitter.reset();
    });
  }

  /** Sends a line. */
  tell(line: string): void {
    this.#options.write(`${line}\r`);
  }

  /** The client is gone. What it has begun goes on: nobody waits for it. */
  end(): void {
    this.#lineTimer?.cancel();
    this.#isLearning = false;
  }

  #obey(line: string): void {
    this.#options.onLine(line);
    const [name = '', connector = ''] = line.split(',', 2);
    switch (name) {
      case 'sendir':
        this.#send(line);
        return;
      case 'stopir': {
        const emitter = this.#options.emitters.get(connector);
        emitter?.stop();
        this.tell(emitter === undefined ? 'ERR_0:0,003' : `stopir,${connector}`);
        return;
      }
      case 'get_IRL':
        this.#isLearning = true;
        this.tell('IR Learner Enabled');
        return;
      case 'stop_IRL':
        this.#isLearning = false;
        this.tell('IR Learner Disabled');
        return;
      default:
        for (const answer of answerSettings(line, this.#options.settings) ?? ['ERR_0:0,001'])
          this.tell(answer);
    }
  }

  #send(line: string): void {
    const { client, settings, emitters, nextDisturbance, close } = this.#options;
    const read = readSendir(line);
    if (!read.ok) {
      this.tell(`ERR_${read.connector},${read.error}`);
      return;
    }
    const { sendir } = read;
    const { connector, id } = sendir;
    const emitter = emitters.get(connector);
    if (emitter === undefined || isInput(settings.modes.get(connector))) {
      this.tell(`ERR_${connector},013`);
      return;
    }
    const disturbance = nextDisturbance();
    if (disturbance?.kind === 'close') close();
    else if (disturbance?.kind === 'error') this.tell(`ERR_${connector},${disturbance.code}`);
    else if (disturbance?.kind === 'busy') this.tell(`busyIR,${connector},${id}`);
    else if (disturbance?.kind !== 'lose-command') {
      const isTaken = emitter.send(sendir, client, () => this.#complete(sendir, disturbance));
      if (!isTaken) this.tell(`busyIR,${connector},${id}`);
    }
  }

  #complete({ connector, id }: Sendir, disturbance: Disturbance | undefined): void {
    const { clock, write } = this.#options;
    const answer = (): void => {
      for (const piece of disturbed(`completeir,${connector},${id}\r`, disturbance)) write(piece);
    };
    if (disturbance?.kind === 'late-answer') clock.schedule(disturbance.byMs, answer);
    else answer();
  }
}

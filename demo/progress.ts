import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const schema = z.record(z.string(), z.number().int().min(0));

/** How far each device of the demo has played, kept with the state: after a restart it goes on from there. */
export class Progress {
  readonly #file: string;
  readonly #played: Record<string, number>;

  constructor(folder: string) {
    this.#file = path.join(folder, 'demo.json');
    this.#played = read(this.#file);
  }

  played(device: string): number {
    return this.#played[device] ?? 0;
  }

  set(device: string, played: number): void {
    this.#played[device] = played;
  }

  save(): void {
    writeFileSync(this.#file, `${JSON.stringify(this.#played)}\n`);
  }
}

function read(file: string): Record<string, number> {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}

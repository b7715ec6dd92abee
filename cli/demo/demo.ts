import type { Terminal } from '../terminal.ts';

/** How a demo is asked for. */
export interface DemoRequest {
  readonly terminal: Terminal;
  /** One line of JSON for each step, in place of lines for people. */
  readonly isJson: boolean;
  /** Plays in the cloud that runs in this folder, and leaves there what it makes. */
  readonly isKept: boolean;
  /** Says below each step what does the same on a command line. */
  readonly withCommands: boolean;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
}

/** One demo. Its module exports it as `demo`. */
export interface Demo {
  /** Plays it. @returns the exit code */
  run(request: DemoRequest): Promise<number>;
}

/** A line of the table of demos. Its module is loaded only when it is played. */
export interface DemoEntry {
  readonly name: string;
  readonly summary: string;
  /** Why it cannot be played in the cloud that runs; undefined: it can. */
  readonly whyNotKept?: string;
  readonly load: () => Promise<{ readonly demo: Demo }>;
}

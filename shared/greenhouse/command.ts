import type { Position } from './position.ts';

/**
 * What has become of a command:
 *
 *     QUEUED ──lease of the repeater──▶ SENT ──completeir──▶ ACKED
 *       │                                 ├───error────────▶ REJECTED    a person has to mend something
 *       │                                 └───no answer────▶ TIMED_OUT   `emitted` says what is known
 *       ├──code or shade unusable─────────────────────────▶ REJECTED
 *       ├──repeater never reached or always busy──────────▶ TIMED_OUT   emitted: no
 *       ├──a newer command of the zone────────────────────▶ SUPERSEDED
 *       └──its time is over───────────────────────────────▶ EXPIRED
 *
 * Only the first two may change; every change is one conditional write.
 */
export const COMMAND_STATUSES = [
  'QUEUED',
  'SENT',
  'ACKED',
  'REJECTED',
  'TIMED_OUT',
  'SUPERSEDED',
  'EXPIRED',
] as const;

/** A command that nobody has sent by then is not sent any more: the weather is another. */
export const COMMAND_LIFE_MS = 5 * 60_000;

export type CommandStatus = (typeof COMMAND_STATUSES)[number];

/** Whether the code has left the repeater. */
export type Emitted = 'yes' | 'no' | 'unknown';

/** A new command to move a zone's shade. */
export interface NewCommand {
  readonly zone: string;
  /** Grows by one with each command of a zone: of two, the higher is the newer and wins. */
  readonly sequence: number;
  readonly target: Position;
  /** One word: `light`, `night`, `hold`, `wind`, `frost`, `fire`, `silence`, `alarm`. */
  readonly reason: string;
  /** A sentence with the numbers. */
  readonly why: string;
  /** 1 for the first command of a movement, more where it had to be sent again. */
  readonly attempt: number;
  readonly createdAtMs: number;
  /** From here on it is not sent any more. */
  readonly expiresAtMs: number;
}

/** How a command ended, beside its status. */
export interface CommandProgress {
  readonly sentAtMs?: number;
  readonly endedAtMs?: number;
  readonly emitted?: Emitted;
  /** Whether its code does the same when it comes twice; undefined as long as nobody has looked. */
  readonly idempotent?: boolean;
  /** How often the repeater was asked. */
  readonly tries?: number;
  readonly problem?: { readonly code: string; readonly message: string };
}

/** A command: an item of the table of commands. */
export interface Command extends NewCommand, CommandProgress {
  readonly status: CommandStatus;
}

/** As it is published: instants in ISO 8601. */
export function publishedCommand(command: Command): Record<string, unknown> {
  const { createdAtMs, expiresAtMs, sentAtMs, endedAtMs, ...rest } = command;
  return {
    ...rest,
    createdAt: iso(createdAtMs),
    expiresAt: iso(expiresAtMs),
    ...(sentAtMs === undefined ? {} : { sentAt: iso(sentAtMs) }),
    ...(endedAtMs === undefined ? {} : { endedAt: iso(endedAtMs) }),
  };
}

export function isEnded(status: CommandStatus): boolean {
  return status !== 'QUEUED' && status !== 'SENT';
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

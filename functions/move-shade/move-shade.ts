import type { CommandStore } from '../../shared/greenhouse/command-store.ts';
import {
  isEnded,
  type Command,
  type CommandProgress,
  type CommandStatus,
} from '../../shared/greenhouse/command.ts';
import { IrCodeError, parseIrCode } from '../../shared/greenhouse/ir-code.ts';
import type { RepeaterAddress, SendOutcome } from '../../shared/greenhouse/repeater-client.ts';
import { MAX_ID, type IrCode, type Sendir } from '../../shared/greenhouse/sendir.ts';
import type { Shade } from '../../shared/greenhouse/shade.ts';
import type { ShadeStore } from '../../shared/greenhouse/shade-store.ts';
import { emit, type Emission } from './emit.ts';
import type { RepeaterLeases } from './lease.ts';
import type { CommandNotice } from './notice.ts';

export interface MoveShadeServices {
  readonly commands: CommandStore;
  readonly shades: ShadeStore;
  readonly leases: RepeaterLeases;
  readonly send: (address: RepeaterAddress, sendir: Sendir) => Promise<SendOutcome>;
  readonly now: () => number;
  /** A stopwatch: what is waited for is measured by it, and not by the time of day, which may be set. */
  readonly elapsedMs: () => number;
  readonly pause: (ms: number) => Promise<void>;
  /** How long an invocation may try, in milliseconds; it lies well under the function's time-out. */
  readonly budgetMs: number;
}

/** A lease outlives the invocation that holds it by this, and no longer. */
const LEASE_MARGIN_MS = 10_000;

const LEASE_PAUSE_MS = 500;

const STATUSES = {
  acked: 'ACKED',
  rejected: 'REJECTED',
  'timed-out': 'TIMED_OUT',
  superseded: 'SUPERSEDED',
} as const satisfies Record<Emission['result'], CommandStatus>;

/**
 * Does one command: as long as it is the newest of its zone, has not expired, and has not been begun by another
 * delivery of the same notice. The order keeps two promises: nothing is sent before the table says SENT, and
 * what the repeater would refuse is never sent.
 *
 * @param owner the invocation; a retry of it may go on with its own lease.
 * @returns the command as it stands; undefined when there is none.
 */
export async function moveShade(
  notice: CommandNotice,
  owner: string,
  services: MoveShadeServices,
): Promise<Command | undefined> {
  const { commands, shades, now } = services;
  const command = await commands.load(notice.zone, notice.sequence);
  if (command?.status !== 'QUEUED') return command;
  const end = (status: CommandStatus, progress: CommandProgress) =>
    advance(services, command, status, progress);

  if (!(await isNewest(services, command))) return end('SUPERSEDED', { emitted: 'no' });
  if (now() >= command.expiresAtMs) return end('EXPIRED', { emitted: 'no' });
  const shade = await shades.load(command.zone);
  if (shade === undefined) {
    const message = `zone "${command.zone}" has no shade: publish its repeater and codes in its settings`;
    return end('REJECTED', { emitted: 'no', problem: { code: 'SHADE_UNKNOWN', message } });
  }
  const read = readCode(shade.codes[command.target].code);
  if (read instanceof IrCodeError) {
    return end('REJECTED', { emitted: 'no', problem: { code: read.code, message: read.message } });
  }
  return underLease(shade.repeater, owner, command, services, (deadlineMs) =>
    sendCommand(command, shade, read, deadlineMs, services),
  );
}

async function sendCommand(
  command: Command,
  shade: Shade,
  code: IrCode,
  deadlineMs: number,
  services: MoveShadeServices,
): Promise<Command | undefined> {
  const { commands, now, elapsedMs, pause } = services;
  const { idempotent } = shade.codes[command.target];
  const sent = await commands.advance(command, 'SENT', { sentAtMs: now(), idempotent });
  // Another delivery of the same notice was faster.
  if (!sent.changed || sent.command === undefined) return sent.command;
  const sendir: Sendir = { connector: shade.connector, id: command.sequence % (MAX_ID + 1), code };
  const emission = await emit({
    send: () => services.send(shade.repeater, sendir),
    idempotent,
    isNewest: () => isNewest(services, command),
    elapsedMs,
    pause,
    deadlineMs,
  });
  const { emitted, tries, problem } = emission;
  const progress = { emitted, tries, ...(problem === undefined ? {} : { problem }) };
  return advance(services, sent.command, STATUSES[emission.result], progress);
}

/** Waits for the repeater. A command that does not get it stays queued: who tries it again, handle-event.ts says. */
async function underLease(
  address: RepeaterAddress,
  owner: string,
  command: Command,
  services: MoveShadeServices,
  run: (deadlineMs: number) => Promise<Command | undefined>,
): Promise<Command | undefined> {
  const { leases, now, elapsedMs, pause, budgetMs } = services;
  const deadlineMs = elapsedMs() + budgetMs;
  const untilMs = (): number => now() + (deadlineMs - elapsedMs()) + LEASE_MARGIN_MS;
  while (!(await leases.take(address, owner, now(), untilMs()))) {
    if (elapsedMs() + LEASE_PAUSE_MS >= deadlineMs) return command;
    await pause(LEASE_PAUSE_MS);
  }
  try {
    if (!(await isNewest(services, command))) {
      return await advance(services, command, 'SUPERSEDED', { emitted: 'no' });
    }
    if (now() >= command.expiresAtMs) return await advance(services, command, 'EXPIRED', { emitted: 'no' });
    return await run(deadlineMs);
  } finally {
    await leases.release(address, owner);
  }
}

async function advance(
  { commands, now }: MoveShadeServices,
  command: Command,
  status: CommandStatus,
  progress: CommandProgress,
): Promise<Command | undefined> {
  const ended = isEnded(status) ? { endedAtMs: now() } : {};
  return (await commands.advance(command, status, { ...progress, ...ended })).command;
}

async function isNewest({ commands }: MoveShadeServices, { zone, sequence }: Command): Promise<boolean> {
  return (await commands.newest(zone))?.sequence === sequence;
}

function readCode(text: string): IrCode | IrCodeError {
  try {
    return parseIrCode(text);
  } catch (error) {
    if (error instanceof IrCodeError) return error;
    throw error;
  }
}

import { isEnded } from '../../shared/greenhouse/command.ts';
import { IrCodeError } from '../../shared/greenhouse/ir-code.ts';
import { readCodes } from '../../shared/greenhouse/shade.ts';
import type { ShadeStore } from '../../shared/greenhouse/shade-store.ts';
import { stateTopic } from '../../shared/greenhouse/topics.ts';
import { RejectedInputError } from '../../shared/rejections.ts';
import { describeZone, secondsUntilMove } from './describe.ts';
import type { Input } from './input.ts';
import type { Message, SettingsChange } from './message.ts';
import { hasNews } from './news.ts';
import { perform, type PerformServices } from './perform.ts';
import { watchZone, type Watched } from './watch-zone.ts';
import { ZoneFailures } from './zone-failures.ts';
import type { Zone } from './zone-item.ts';
import type { ZoneStore } from './zone-store.ts';

export interface WatchServices extends PerformServices {
  readonly zones: ZoneStore;
  readonly shades: ShadeStore;
  readonly count: (name: string) => void;
  /** Takes one line of the error log. */
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}

/** Does what a message asks for. @throws RejectedInputError */
export async function watch(
  message: Message,
  requestId: string,
  services: WatchServices,
): Promise<Record<string, unknown>> {
  switch (message.kind) {
    case 'tick':
      return tick(requestId, services);
    case 'settings':
      return changeSettings(message.zone, message.change, services);
    case 'command': {
      const { zone, sequence } = message;
      const command = await services.commands.load(zone, sequence);
      if (command === undefined) throw unknownCommand(zone, sequence);
      const { kind } = await hear(zone, { kind: 'command', command }, requestId, services);
      return { zone, kind };
    }
    case 'input':
    default: {
      const { kind } = await hear(message.zone, message.input, requestId, services);
      return { zone: message.zone, kind };
    }
  }
}

/**
 * Stored first, done and published after: a crash in between is mended by Lambda's retry, and by the next tick.
 *
 * @param current the zone as it was read only just now, where it was
 */
async function hear(
  zone: string,
  input: Input,
  requestId: string,
  services: WatchServices,
  current?: Zone,
): Promise<Watched> {
  const { zones: store, now, count } = services;
  const onConflict = (): void => count('ZoneConflict');
  const options = { store, requestId, now, onConflict, ...(current === undefined ? {} : { current }) };
  const watched = await watchZone(zone, input, options);
  count(watched.kind === 'late' ? 'InputLate' : 'InputTaken');
  for (const { kind } of watched.effects) if (kind === 'command') count('CommandMade');
  await perform(zone, watched.effects, services);
  if (isToBeTold(input, watched, services)) await publishState(zone, watched, services);
  return watched;
}

/** While nothing is about to happen, new numbers of the probes are told this often. */
const TELL_NUMBERS_EVERY_MS = 5 * 60_000;

/** All that happens is told at once; the numbers of probes are told by a tick, each minute before a move. */
function isToBeTold(input: Input, { kind, zone, state }: Watched, { zones, now }: WatchServices): boolean {
  if (kind === 'late') return false;
  switch (input.kind) {
    case 'lux':
    case 'safety':
      return kind === 'repeated' || hasNews(zone.state, state);
    case 'tick': {
      const told = zones.lastTold(state.zone);
      if (told === undefined || hasNews(zone.state, state)) return true;
      // The time that is left goes on though nothing is written.
      if (secondsUntilMove(state, zone.config, now()) !== null) return true;
      return told.version !== state.version && now() - told.atMs >= TELL_NUMBERS_EVERY_MS;
    }
    case 'command':
    case 'hold':
    case 'position':
    default:
      return true;
  }
}

async function publishState(
  zone: string,
  { state, zone: { config } }: Watched,
  { zones, publish, now }: WatchServices,
): Promise<void> {
  await publish(stateTopic(zone), describeZone(state, config, now()), { retain: true });
  zones.told(zone, { version: state.version, atMs: now() });
}

/**
 * Lets a minute pass in every zone. One that fails keeps no other from it. After all of them, a failure is thrown that
 * another try may end; a zone that only a person can mend does not have the tick tried again.
 */
async function tick(requestId: string, services: WatchServices): Promise<Record<string, unknown>> {
  const found = await services.zones.all();
  const failures = new ZoneFailures({ requestId, count: services.count, log: services.log });
  for (const one of found) {
    try {
      if ('error' in one) throw one.error;
      const { name, zone } = one;
      if (zone !== undefined) await hear(name, await tickOf(name, zone, services), requestId, services, zone);
    } catch (error) {
      failures.add(one.name, error);
    }
  }
  failures.throwOneToRetry();
  return { zones: found.length, failed: failures.size };
}

/** With a tick comes what has become of a command that the zone believes to be open: word of it may be lost. */
async function tickOf(name: string, { state }: Zone, { commands }: WatchServices): Promise<Input> {
  const open = state?.command;
  if (open === undefined || isEnded(open.status)) return { kind: 'tick' };
  const command = await commands.load(name, open.sequence);
  return command === undefined ? { kind: 'tick' } : { kind: 'tick', command };
}

/**
 * The codes are checked before they are kept: a person who publishes a wrong one is told at once.
 *
 * The settings and the shade of one change are two writes, and two changes may cross: so each write has the time of
 * its change as its own condition, and a change that comes late for the one is tried for the other all the same.
 */
async function changeSettings(
  zone: string,
  { settings, shade, receivedAtMs }: SettingsChange,
  { zones, shades, count }: WatchServices,
): Promise<Record<string, unknown>> {
  if (shade !== undefined) {
    try {
      readCodes(shade);
    } catch (error) {
      if (error instanceof IrCodeError)
        throw new RejectedInputError(error.code, error.message, 'shade.codes');
      throw error;
    }
  }
  const changed = await zones.saveSettings(zone, settings, receivedAtMs);
  count(changed ? 'SettingsChanged' : 'SettingsChangeLate');
  if (shade === undefined) return { changed };
  const shadeChanged = await shades.save(zone, shade, receivedAtMs);
  count(shadeChanged ? 'ShadeChanged' : 'ShadeChangeLate');
  return { changed, shadeChanged };
}

function unknownCommand(zone: string, sequence: number): RejectedInputError {
  return new RejectedInputError('COMMAND_UNKNOWN', `zone "${zone}" has no command ${sequence}`, 'sequence');
}

import { decide, type Decision } from '../../../functions/watch-lux/decide.ts';
import type { Notice } from '../../../functions/watch-lux/effect.ts';
import type { Input } from '../../../functions/watch-lux/input.ts';
import type { ZoneConfig } from '../../../functions/watch-lux/zone-config.ts';
import { zoneSettingsSchema } from '../../../functions/watch-lux/zone-settings.ts';
import { newZone, type ZoneState } from '../../../functions/watch-lux/zone-state.ts';
import type { Command, NewCommand } from '../../../shared/greenhouse/command.ts';

/** Noon, an hour that is day in Greenwich. */
export const NOON = Date.UTC(2026, 5, 1, 12);
export const MINUTE = 60_000;

export function configOf(settings: Record<string, unknown> = {}): ZoneConfig {
  return { settings: zoneSettingsSchema().parse({ probes: ['p'], ...settings }), changedAtMs: 0 };
}

export interface Move {
  readonly atMs: number;
  readonly command: NewCommand;
}

/** A zone that hears of one thing after the other, and remembers what it did. */
export class ZoneUnderTest {
  readonly config: ZoneConfig;
  state: ZoneState;
  readonly commands: Move[] = [];
  readonly notices: Notice[] = [];
  readonly decisions: Decision[] = [];

  constructor(settings: Record<string, unknown> = {}, startMs = NOON) {
    this.config = configOf(settings);
    this.state = newZone('north', this.config.settings.safePosition, startMs);
  }

  hear(input: Input, nowMs: number): Decision {
    const decision = decide(this.config, this.state, input, nowMs);
    this.state = decision.state;
    this.decisions.push(decision);
    for (const effect of decision.effects) {
      if (effect.kind === 'command') this.commands.push({ atMs: nowMs, command: effect.command });
      if (effect.kind === 'notice') this.notices.push(effect.notice);
    }
    return decision;
  }

  lux(timeMs: number, lux: number, device = 'p', nowMs = timeMs): Decision {
    return this.hear({ kind: 'lux', device, timeMs, lux }, nowMs);
  }

  tick(nowMs: number): Decision {
    return this.hear({ kind: 'tick' }, nowMs);
  }

  /** One reading a minute, from `fromMs` on, `minutes` of them after the first. */
  shine(fromMs: number, minutes: number, lux: number): void {
    for (let minute = 0; minute <= minutes; minute += 1) this.lux(fromMs + minute * MINUTE, lux);
  }

  /** The newest command has come to this end. */
  ended(status: Command['status'], nowMs: number, progress: Partial<Command> = {}): Decision {
    const { command } = this.state;
    if (command === undefined) throw new Error('there is no command');
    const { remindAtMs: _at, reminders: _count, ...known } = command;
    return this.hear(
      { kind: 'command', command: { ...known, endedAtMs: nowMs, ...progress, status } },
      nowMs,
    );
  }

  /** The first commands of movements: what is sent again is none. */
  get moves(): readonly Move[] {
    return this.commands.filter(
      ({ command: { attempt, sequence } }, index) =>
        attempt === 1 && this.commands.findIndex((one) => one.command.sequence === sequence) === index,
    );
  }

  get told(): readonly string[] {
    return this.notices.map(({ kind, about }) => `${kind}/${about}`);
  }
}

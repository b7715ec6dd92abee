import type { Command } from '../../shared/greenhouse/command.ts';
import type { Position } from '../../shared/greenhouse/position.ts';

/** Something that a zone hears of. Times are the senders' own, in milliseconds since the epoch. */
export type Input =
  | { readonly kind: 'lux'; readonly device: string; readonly timeMs: number; readonly lux: number }
  | {
      readonly kind: 'safety';
      readonly device: string;
      readonly timeMs: number;
      readonly windMetersPerSecond?: number;
      readonly temperatureCelsius?: number;
      readonly fire?: boolean;
    }
  | {
      readonly kind: 'hold';
      /** `stay` holds the shade where it is; null ends a hold. */
      readonly position: Position | 'stay' | null;
      readonly minutes: number;
      readonly receivedAtMs: number;
    }
  /** A sensor, or a person, says where the shade is. */
  | { readonly kind: 'position'; readonly timeMs: number; readonly position: Position | 'between' }
  /** The newest command as it stands in its table. */
  | { readonly kind: 'command'; readonly command: Command }
  /** A minute has gone by; with it comes what the table says of a command that has not ended yet. */
  | { readonly kind: 'tick'; readonly command?: Command };

import { readPulses } from './pulses.ts';

/** An infrared code, free of where it is sent from. */
export interface IrCode {
  /** Of the carrier, 15000 to 500000 Hz. */
  readonly frequencyHz: number;
  /** How often it is sent in one command, 1 to 50; what lies before the offset is sent once. */
  readonly repeat: number;
  /** Where in the list of pulses a repeat begins: odd, counted from 1. */
  readonly offset: number;
  /** On and off times in turn, in periods of the carrier. */
  readonly pulses: readonly number[];
}

/** One `sendir` command of the Global Caché TCP API. */
export interface Sendir {
  /** `module:connector`, such as `1:1`. */
  readonly connector: string;
  /** 0 to 65535; the answer repeats it. */
  readonly id: number;
  readonly code: IrCode;
}

export type SendirReading =
  | { readonly ok: true; readonly sendir: Sendir }
  /** `error` is what iTach answers, such as `010`; `connector` is where it says it. */
  | { readonly ok: false; readonly error: string; readonly connector: string };

export const MAX_ID = 65_535;
const MIN_FREQUENCY_HZ = 15_000;
const MAX_FREQUENCY_HZ = 500_000;
const MAX_REPEAT = 50;
const MAX_OFFSET = 383;

/** The longest command that is held: 519 times of five digits and what stands before them fit in. */
export const MAX_COMMAND_BYTES = 4096;

/**
 * Reads a `sendir` line, without its carriage return, as an iTach does, and finds the error that an iTach
 * would answer, in the order in which its fields stand.
 *
 * @param line `sendir,1:1,15,37993,1,1,246,160,…`
 */
export function readSendir(line: string): SendirReading {
  const [, connector = '', id = '', frequency = '', repeat = '', offset = ''] = line.split(',', 6);
  const [module = '', number = ''] = connector.split(':');
  const at = /^\d{1,3}:\d{1,3}$/.test(connector) ? connector : '0:0';
  const refuse = (error: string): SendirReading => ({ ok: false, error, connector: at });
  if (module !== '1') return refuse('002');
  if (!/^[1-3]$/.test(number) || at === '0:0') return refuse('003');
  if (!isWhole(id, 0, MAX_ID)) return refuse('004');
  if (!isWhole(frequency, MIN_FREQUENCY_HZ, MAX_FREQUENCY_HZ)) return refuse('005');
  if (!isWhole(repeat, 1, MAX_REPEAT)) return refuse('006');
  if (!isWhole(offset, 1, MAX_OFFSET) || Number(offset) % 2 === 0) return refuse('007');
  const read = readPulses(line.split(',').slice(6).join(','));
  if (!read.ok) return refuse(read.code);
  // Where a code is sent once, nothing begins at the offset.
  if (Number(repeat) > 1 && Number(offset) > read.pulses.length) return refuse('007');
  const code = {
    frequencyHz: Number(frequency),
    repeat: Number(repeat),
    offset: Number(offset),
    pulses: read.pulses,
  };
  return { ok: true, sendir: { connector, id: Number(id), code } };
}

/** The command as it is sent, without its carriage return. */
export function writeSendir({ connector, id, code }: Sendir): string {
  const { frequencyHz, repeat, offset, pulses } = code;
  return ['sendir', connector, id, frequencyHz, repeat, offset, ...pulses].join(',');
}

/** How long the repeater is at it, in milliseconds: everything once, and what begins at the offset again. */
export function durationMs({ frequencyHz, repeat, offset, pulses }: IrCode): number {
  const periods = sum(pulses) + (repeat - 1) * sum(pulses.slice(offset - 1));
  return (periods / frequencyHz) * 1000;
}

function isWhole(text: string, minimum: number, maximum: number): boolean {
  return /^\d{1,6}$/.test(text) && Number(text) >= minimum && Number(text) <= maximum;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

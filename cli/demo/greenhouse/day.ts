/** Minutes of the day. */
export const DAY_MINUTES = 1_440;

/** The greenhouse stands at Greenwich, and the day is Midsummer. */
export const PLACE = { latitude: 51.48, longitude: 0 } as const;
export const SUNRISE = minuteOf('03:43');
export const SUNSET = minuteOf('20:21');

/** Each tells the light once in three minutes, in turn: the cloud hears one reading a minute. */
export const PROBES = ['a', 'b', 'c'] as const;

/** A weakness of the design of the blog post, by its number in functions/move-shade/control.alarms.yml. */
export interface Defect {
  readonly number: number;
  readonly name: string;
}

/** What happens to the greenhouse from one minute to another, and what it puts to the test. */
export interface Trial {
  readonly from: number;
  /** Itself not included. */
  readonly to: number;
  readonly what: string;
  readonly defect: Defect;
}

export const TRIALS: readonly Trial[] = [
  trial('00:00', '00:30', 'night, and the shade is open', 10, 'position unknown'),
  trial('05:00', '05:25', 'one bright reading, then no probe is heard', 8, 'silence is an alarm'),
  trial('06:30', '08:30', 'haze: the light goes to and fro about 35,000', 6, 'no band'),
  trial(
    '10:00',
    '10:40',
    'a cloud, and a window that blinds one probe of three',
    5,
    'any sample makes it bright',
  ),
  trial('11:40', '12:40', 'a thunder cloud; the repeater has no power until 12:01', 9, 'acts once'),
  trial('13:20', '13:30', 'a gust of 18 m/s', 14, 'no safety'),
  trial('14:30', '15:30', 'exactly 35,000 lux', 1, 'equality hole'),
  trial('21:30', '22:30', 'lamps are on', 14, 'no night'),
];

/** The repeater has no power, the first minute included. */
export const POWER_CUT = { from: minuteOf('11:50'), to: minuteOf('12:01') } as const;

/** The light over the plants, from a time on. */
const LIGHT: readonly (readonly [from: number, lux: number])[] = [
  ['00:00', 0],
  ['03:43', 2_000],
  ['04:30', 6_000],
  ['05:00', 10_000],
  ['06:00', 22_000],
  ...haze('06:30', '08:30'),
  ['08:30', 62_000],
  ['10:00', 20_000],
  ['10:40', 70_000],
  ['11:40', 15_000],
  ['12:40', 78_000],
  ['14:00', 20_000],
  ['14:30', 35_000],
  ['15:30', 60_000],
  ['17:30', 24_000],
  ['19:00', 9_000],
  ['20:21', 0],
  ['21:30', 40_000],
  ['22:30', 0],
].map(([from, lux]) => [minuteOf(String(from)), Number(lux)]);

/** The light over the plants in a minute: what perfect probes would see. */
export function lightAt(minute: number): number {
  const [, lux = 0] = LIGHT.findLast(([from]) => from <= minute) ?? [];
  // What is exactly at the threshold, or dark, stays there.
  if (lux === 0 || lux === 35_000) return lux;
  return Math.round(lux + (lux / 100) * wobble(minute));
}

/** `33,411 lx` */
export function inLux(lux: number): string {
  return `${lux.toLocaleString('en-GB')} lx`;
}

/** What the probe whose turn it is sends in a minute; undefined: nothing is heard of it. */
export function readingAt(minute: number): { readonly device: string; readonly lux: number } | undefined {
  const device = PROBES[minute % PROBES.length] ?? 'a';
  const silence = TRIALS.find(({ defect }) => defect.number === 8);
  if (silence !== undefined && minute === silence.from) return { device, lux: 36_000 };
  if (silence !== undefined && minute > silence.from && minute < silence.to) return undefined;
  const blinded = TRIALS.find(({ defect }) => defect.number === 5);
  const isBlinded = blinded !== undefined && minute >= blinded.from && minute < blinded.to && device === 'c';
  return { device, lux: isBlinded ? 41_000 : lightAt(minute) };
}

/** What the weather station sends in a minute: every ten minutes, in a storm every minute. */
export function windAt(minute: number): number | undefined {
  if (isStorm(minute)) return 18;
  return minute % 10 === 0 || isStorm(minute - 1) ? 3 : undefined;
}

export function isStorm(minute: number): boolean {
  return TRIALS.some(({ from, to, defect }) => defect.name === 'no safety' && minute >= from && minute < to);
}

export function isNight(minute: number): boolean {
  return minute < SUNRISE || minute >= SUNSET;
}

/** `06:30` as minutes since midnight. */
export function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

export function timeOf(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

function trial(from: string, to: string, what: string, number: number, name: string): Trial {
  return { from: minuteOf(from), to: minuteOf(to), what, defect: { number, name } };
}

/** Seventeen minutes above the threshold, seventeen below it, and never as dark as 30,000. */
function haze(from: string, to: string): [string, number][] {
  const spells: [string, number][] = [];
  for (let minute = minuteOf(from); minute < minuteOf(to); minute += 17) {
    spells.push([timeOf(minute), spells.length % 2 === 0 ? 36_500 : 33_500]);
  }
  return spells;
}

/** From -1 to 1, always the same in the same minute. */
function wobble(minute: number): number {
  return Math.sin(minute * 1.7) * Math.cos(minute * 0.6);
}

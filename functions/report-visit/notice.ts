import type { Household } from '../../shared/household/household.ts';

/** Something that people are told. */
export type Notice =
  /** Of a missing departure `atMs` is the arrival. */
  | { readonly kind: 'arrival' | 'missing-departure'; readonly carer: number; readonly atMs: number }
  | {
      readonly kind: 'departure';
      readonly carer: number;
      readonly atMs: number;
      /** Absent: no arrival was reported. */
      readonly arrivedAtMs?: number;
    }
  | {
      readonly kind: 'low-battery';
      readonly device: string;
      readonly atMs: number;
      readonly millivolts: number;
    };

interface Words {
  readonly somebody: string;
  /** How a day is written before a time, where it is not today's. */
  readonly locale: string;
  readonly arrival: (carer: string, person: string, at: string) => string;
  readonly departure: (carer: string, person: string, at: string) => string;
  readonly after: (duration: string) => string;
  readonly withoutArrival: string;
  readonly missing: (carer: string, person: string, at: string) => string;
  readonly battery: (person: string, volts: string) => string;
}

/** Letters of the alphabet of text messages only: one letter beyond it halves what fits into one. */
const WORDS: Readonly<Record<Household['language'], Words>> = {
  en: {
    somebody: 'The carer',
    locale: 'en-GB',
    arrival: (carer, person, at) => `${carer} has been with ${person} since ${at}.`,
    departure: (carer, person, at) => `${carer} left ${person} at ${at}`,
    after: (duration) => `, after ${duration}.`,
    withoutArrival: '; no arrival was reported.',
    missing: (carer, person, at) =>
      `${carer} came to ${person} at ${at}, and no departure has been reported since.`,
    battery: (person, volts) => `The care button of ${person} needs new batteries (${volts} V).`,
  },
  fr: {
    somebody: "L'aide",
    locale: 'fr-FR',
    arrival: (carer, person, at) => `${carer} est chez ${person} depuis ${at}.`,
    departure: (carer, person, at) => `${carer} a quitté ${person} à ${at}`,
    after: (duration) => `, après ${duration}.`,
    withoutArrival: "; aucune arrivée n'a été signalée.",
    missing: (carer, person, at) =>
      `${carer} est chez ${person} depuis ${at}, et aucun départ n'a été signalé.`,
    battery: (person, volts) => `Les piles du bouton de ${person} sont à changer (${volts} V).`,
  },
};

/** A notice as a text message, in the language and by the clock of its home. */
export function noticeText(notice: Notice, household: Household, nowMs: number): string {
  const { person, carers, language } = household;
  const words = WORDS[language];
  if (notice.kind === 'low-battery') return words.battery(person, (notice.millivolts / 1000).toFixed(1));
  const carer = carers[String(notice.carer)] ?? words.somebody;
  const at = localTime(notice.atMs, household, nowMs);
  if (notice.kind !== 'departure') {
    return (notice.kind === 'arrival' ? words.arrival : words.missing)(carer, person, at);
  }
  const { arrivedAtMs, atMs } = notice;
  const ending = arrivedAtMs === undefined ? words.withoutArrival : words.after(duration(atMs - arrivedAtMs));
  return `${words.departure(carer, person, at)}${ending}`;
}

/** The day of an instant somewhere, as `2026-01-31`. */
export function localDay(timeMs: number, timeZone: string): string {
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  // Sweden writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, ...parts }).format(timeMs);
}

/** `10:04`; of another day than today's `10:04 (30/01)`. */
function localTime(timeMs: number, { timeZone, language }: Household, nowMs: number): string {
  const { locale } = WORDS[language];
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  const time = clock.format(timeMs);
  if (localDay(timeMs, timeZone) === localDay(nowMs, timeZone)) return time;
  const day = new Intl.DateTimeFormat(locale, { timeZone, day: '2-digit', month: '2-digit' });
  return `${time} (${day.format(timeMs)})`;
}

/** `45 min`, `1 h 05`. */
function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')}`;
}

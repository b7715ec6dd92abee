import * as z from 'zod/mini';
import { once } from '../once.ts';
import { fromItem, toItem, type Item } from '../sigfox/item.ts';
import { MAX_CARER } from './care-button.ts';

export const LANGUAGES = ['en', 'fr'] as const;

/** One home, and how the people around it are told. */
export interface Household {
  readonly household: string;
  /** Who lives there, as messages name them. */
  readonly person: string;
  /** Names of carers by the number of their badge. */
  readonly carers: Readonly<Record<string, string>>;
  readonly language: (typeof LANGUAGES)[number];
  /** An IANA name: whose clock messages show, and whose days are counted. */
  readonly timeZone: string;
  /** The same pressed again within so many minutes is one press. */
  readonly repeatMinutes: number;
  /** A visit that takes longer is one whose departure was forgotten. */
  readonly longestVisitMinutes: number;
  /** From this voltage down the battery is low. */
  readonly lowBatteryMillivolts: number;
}

/** What holds for a home that says nothing else. */
export const HOUSEHOLD_DEFAULTS = {
  carers: {},
  language: 'en',
  timeZone: 'Europe/Paris',
  repeatMinutes: 10,
  longestVisitMinutes: 480,
  lowBatteryMillivolts: 4_400,
} as const satisfies Partial<Household>;

/** Letters, digits, `-` and `_`: it is an attribute that subscribers filter by. */
export const HOUSEHOLD_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** In a text message: no line can be broken, nothing can steer a terminal. */
const name = () => z.string().check(z.minLength(1), z.maxLength(40), z.regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u));

/** Every setting of a home; unknown attributes of its item are the function's own and are left out. */
export const householdSchema = once(() => {
  const minutes = (fallback: number, most: number) =>
    z._default(z.int().check(z.gte(1), z.lte(most)), fallback);
  const badge = z.string().check(
    z.regex(/^[1-9]\d{0,2}$/),
    z.refine((text) => Number(text) <= MAX_CARER),
  );
  return z
    .object({
      household: z.string().check(z.regex(HOUSEHOLD_NAME)),
      person: name(),
      carers: z._default(z.record(badge, name()), HOUSEHOLD_DEFAULTS.carers),
      language: z._default(z.enum(LANGUAGES), HOUSEHOLD_DEFAULTS.language),
      timeZone: z._default(z.string().check(z.refine(isTimeZone)), HOUSEHOLD_DEFAULTS.timeZone),
      repeatMinutes: minutes(HOUSEHOLD_DEFAULTS.repeatMinutes, 120),
      longestVisitMinutes: minutes(HOUSEHOLD_DEFAULTS.longestVisitMinutes, 1_440),
      lowBatteryMillivolts: z._default(
        z.int().check(z.gte(0), z.lte(10_000)),
        HOUSEHOLD_DEFAULTS.lowBatteryMillivolts,
      ),
    })
    .check(
      z.refine(({ repeatMinutes, longestVisitMinutes }) => repeatMinutes <= longestVisitMinutes, {
        message: 'it has to be at most longestVisitMinutes',
        path: ['repeatMinutes'],
      }),
    );
});

/** Reads a home's item. @returns what is wrong, as `field: reason`, where it cannot be used. */
export function readHousehold(item: Item): Household | string {
  const parsed = z.safeParse(householdSchema(), fromItem(item));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong shape'}`;
}

/** The attributes of a home's item that its settings are. */
export function householdItem({ carers, ...settings }: Household): Item {
  return toItem({ ...settings, carers: { ...carers } });
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).format(0) !== '';
  } catch {
    return false;
  }
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { localDay, noticeText, type Notice } from '../../../functions/report-visit/notice.ts';
import { DURAND, HOUR_MS, MINUTE_MS, T0 } from './support.ts';

const FRENCH = { ...DURAND, language: 'fr' } as const;
const arrival: Notice = { kind: 'arrival', carer: 1, atMs: T0 };
const departure: Notice = { kind: 'departure', carer: 2, atMs: T0 + 65 * MINUTE_MS, arrivedAtMs: T0 };
const alone: Notice = { kind: 'departure', carer: 7, atMs: T0 };
const missing: Notice = { kind: 'missing-departure', carer: 1, atMs: T0 };
const battery: Notice = { kind: 'low-battery', device: 'B0770', atMs: T0, millivolts: 4_350 };

test.each([
  [arrival, 'Anna has been with Mme Durand since 09:00.', 'Anna est chez Mme Durand depuis 09:00.'],
  [
    departure,
    'Bruno left Mme Durand at 10:05, after 1 h 05.',
    'Bruno a quitté Mme Durand à 10:05, après 1 h 05.',
  ],
  [
    alone,
    'The carer left Mme Durand at 09:00; no arrival was reported.',
    "L'aide a quitté Mme Durand à 09:00; aucune arrivée n'a été signalée.",
  ],
  [
    missing,
    'Anna came to Mme Durand at 09:00, and no departure has been reported since.',
    "Anna est chez Mme Durand depuis 09:00, et aucun départ n'a été signalé.",
  ],
  [
    battery,
    'The care button of Mme Durand needs new batteries (4.3 V).',
    'Les piles du bouton de Mme Durand sont à changer (4.3 V).',
  ],
] as const)('%o is told in both languages.', (notice, english, french) => {
  const now = T0 + HOUR_MS;
  expect(noticeText(notice, DURAND, now)).toBe(english);
  expect(noticeText(notice, FRENCH, now)).toBe(french);
});

test('Times are those of the home, with the day where it is not today.', () => {
  const tokyo = { ...DURAND, timeZone: 'Asia/Tokyo' };
  expect(noticeText(arrival, tokyo, T0)).toContain('since 17:00.');
  expect(noticeText(arrival, tokyo, T0 + 7 * HOUR_MS)).toContain('since 17:00 (31/01).');
  expect(noticeText(arrival, DURAND, T0 + 7 * HOUR_MS)).toContain('since 09:00.');
  expect([localDay(T0, 'Asia/Tokyo'), localDay(T0 + 7 * HOUR_MS, 'Asia/Tokyo')]).toEqual([
    '2026-01-31',
    '2026-02-01',
  ]);
  // The clocks of Paris go forward at 01:00 UTC.
  const spring = Date.UTC(2026, 2, 29, 1);
  expect(noticeText({ ...arrival, atMs: spring }, DURAND, spring)).toContain('since 03:00.');
});

/** The alphabet of text messages (GSM 03.38) without names, which are the home's own. */
const GSM = /^[A-Za-z0-9 .,;:'()/\-àéèù]*$/;

test('Every text fits one text message of the plain alphabet.', () => {
  const notices = fc.constantFrom(arrival, departure, alone, missing, battery);
  const name = fc.stringMatching(/^[A-Za-z ]{1,40}$/);
  fc.assert(
    fc.property(
      notices,
      name,
      name,
      fc.boolean(),
      fc.boolean(),
      (notice, person, carer, isFrench, isLater) => {
        const household = { ...(isFrench ? FRENCH : DURAND), person, carers: { '1': carer, '2': carer } };
        const text = noticeText(notice, household, isLater ? T0 + 48 * HOUR_MS : T0);
        expect(text).toMatch(GSM);
        expect(text.length).toBeLessThanOrEqual(160);
      },
    ),
  );
});

import { CODES, settingsOf, ZONE } from './zone.ts';

/** What does the same by hand, in a cloud that runs: a repeater with a shade, a zone, a reading, and the time. */
export function commandLines(): readonly string[] {
  const publish = (topic: string, message: unknown): string =>
    `npx glasshouse publish greenhouse/${ZONE}/${topic} '${JSON.stringify(message)}'`;
  return [
    `npx glasshouse ir simulate --port 4998 --open ${CODES.open} --shaded ${CODES.shaded}`,
    publish('control/settings', settingsOf(4998)),
    publish('lux', { device: 'a', time: '(now)', lux: 36_000 }),
    publish('control/safety', { device: 'station', time: '(now)', windMetersPerSecond: 18 }),
    'npx glasshouse clock advance 1m',
    `npx glasshouse subscribe 'greenhouse/${ZONE}/#'`,
  ];
}

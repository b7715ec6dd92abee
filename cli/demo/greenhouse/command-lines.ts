import { CODES, settingsOf, ZONE } from './zone.ts';

/** What does the same by hand, in a cloud that runs: a repeater with a shade, a zone, a reading, and the time. */
export function commandLines(): readonly string[] {
  const publish = (topic: string, message: unknown): string =>
    `npx glasshouse publish greenhouse/${ZONE}/${topic} '${JSON.stringify(message)}'`;
  // In double quotes, so that the shell puts the time in.
  const publishNow = (topic: string, message: object): string => {
    const text = JSON.stringify({ ...message, time: '$(date -u +%FT%TZ)' });
    return `npx glasshouse publish greenhouse/${ZONE}/${topic} "${text.replaceAll('"', String.raw`\"`)}"`;
  };
  return [
    `npx glasshouse ir simulate --port 4998 --open ${CODES.open} --shaded ${CODES.shaded}`,
    publish('control/settings', settingsOf(4998)),
    publishNow('lux', { device: 'a', lux: 36_000 }),
    publishNow('control/safety', { device: 'station', windMetersPerSecond: 18 }),
    'npx glasshouse clock advance 1m',
    `npx glasshouse subscribe 'greenhouse/${ZONE}/#'`,
  ];
}

import { PLACE, PROBES } from './day.ts';

export const ZONE = 'north';

/** What the shade understands: 40 ms each, at 40 kHz. */
export const CODES = { open: '40000,1,1,100,300', shaded: '40000,1,1,300,100' } as const;

/** How the zone of the demo is set up. @param port of its repeater, on the loopback */
export function settingsOf(port: number): unknown {
  const code = (text: string) => ({ code: text, idempotent: true });
  return {
    settings: {
      probes: PROBES,
      // Each is heard once in three minutes.
      staleAfterSeconds: 420,
      wind: {},
      night: { ...PLACE, position: 'open' },
    },
    shade: {
      repeater: { host: '127.0.0.1', port },
      codes: { open: code(CODES.open), shaded: code(CODES.shaded) },
    },
  };
}

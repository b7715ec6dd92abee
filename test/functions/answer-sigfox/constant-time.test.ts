import type * as Crypto from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { isLetIn, parseCredentials } from '../../../functions/answer-sigfox/credentials.ts';
import { basic } from './events.ts';

const compared = vi.hoisted((): { given: number; wanted: number }[] => []);

vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof Crypto>();
  return {
    ...crypto,
    timingSafeEqual: (given: NodeJS.ArrayBufferView, wanted: NodeJS.ArrayBufferView): boolean => {
      compared.push({ given: given.byteLength, wanted: wanted.byteLength });
      return crypto.timingSafeEqual(given, wanted);
    },
  };
});

const CREDENTIALS = parseCredentials(
  JSON.stringify([
    { username: 'sigfox', password: 'correct horse battery' },
    { header: 'X-Glasshouse-Key', value: 'a-long-value-here' },
    { username: 'sigfox', password: 'the password after it' },
  ]),
);

test.each([
  ['the first', basic('sigfox', 'correct horse battery'), true],
  ['the last', basic('sigfox', 'the password after it'), true],
  ['a long wrong one', basic('sigfox', 'x'.repeat(10_000)), false],
  ['one that begins right', basic('sigfox', 'correct horse'), false],
  ['none', {}, false],
])(
  'Whoever shows %s is compared with all credentials, each time 32 bytes with 32.',
  (_what, headers, expected) => {
    compared.length = 0;
    expect(isLetIn(headers, CREDENTIALS)).toBe(expected);
    expect(compared).toEqual(CREDENTIALS.map(() => ({ given: 32, wanted: 32 })));
  },
);

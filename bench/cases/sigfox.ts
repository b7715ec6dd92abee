import type { BenchCase } from '../measurement.ts';
import { measureDay } from '../sigfox-day.ts';
import { measureDecoding } from '../sigfox-decode.ts';

export const sigfox: BenchCase = {
  name: 'sigfox',
  summary: 'payloads decoded a second, and a day of a thousand devices with all that goes wrong (minutes)',
  run: async () => [...measureDecoding(), ...(await measureDay())],
};

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { columnScore, Pewma, type PewmaSettings } from '../../../functions/score-anomaly/pewma.ts';
import { DEFAULT_SCORING_SETTINGS } from '../../../shared/scoring-settings.ts';
import { normalNumbers, seededRandom } from '../../support/random.ts';

const cell = z.union([z.number(), z.boolean(), z.string(), z.null()]);
const seriesSchema = z.object({
  name: z.string(),
  init_rule: z.string(),
  columns: z.array(z.string()).optional(),
  rows: z.array(z.array(cell)),
});
const vectors = z
  .object({ series: z.array(seriesSchema), paper_series: z.array(seriesSchema) })
  .parse(JSON.parse(readFileSync(new URL('../../fixtures/pewma-vectors.json', import.meta.url), 'utf8')));
const columns = vectors.series[0]?.columns ?? [];

const robust: PewmaSettings = { ...DEFAULT_SCORING_SETTINGS, mode: 'robust' };
const classic: PewmaSettings = { ...DEFAULT_SCORING_SETTINGS, mode: 'classic' };

/** The vectors of the blog's code warm up while t < T; the paper, and this code, while t ≤ T. */
const allSeries = [...vectors.series, ...vectors.paper_series].map((series) => ({
  ...series,
  T: series.init_rule.startsWith('t<=T') ? 30 : 29,
}));

test.each(allSeries)('classic equals the published vectors of $name.', ({ rows, T }) => {
  const at002 = new Pewma({ ...classic, T, threshold: 0.002 });
  const at05 = new Pewma({ ...classic, T, threshold: 0.05 });
  const close = (actual: number, expected: unknown, scale = 0): void => {
    const wanted = z.number().parse(expected);
    const tolerance = 1e-9 * Math.abs(wanted) + 1e-9 + scale;
    expect(Math.abs(actual - wanted), `${actual} is not ${wanted}`).toBeLessThanOrEqual(tolerance);
  };
  for (const row of rows) {
    const field = (name: string): z.infer<typeof cell> => row[columns.indexOf(name)] ?? null;
    const x = z.number().parse(field('x'));
    at002.update(x);
    at05.update(x);
    close(at002.mean, field('mean_next_stable'));
    close(Math.sqrt(at002.variance), field('std_next_stable'));
    if (field('error') === null) {
      close(at002.alpha, field('alpha_hp') ?? field('alpha'));
      if (field('p_hp') !== null) close(at002.probability, field('p_hp'));
      expect(at002.anomaly).toBe(field('anomaly_002') === true);
      expect(at05.anomaly).toBe(field('anomaly_05') === true);
    }
  }
});

test('All vectors were read: eight series, among them those on which the published code crashes.', () => {
  expect(allSeries).toHaveLength(8);
  expect(allSeries.flatMap(({ rows }) => rows)).toHaveLength(1280);
});

function flaggedShare(settings: PewmaSettings, readings: number, seed: number): number {
  const normal = normalNumbers(seededRandom(seed));
  const pewma = new Pewma(settings);
  let flagged = 0;
  for (let index = 0; index < readings; index += 1) {
    pewma.update(normal());
    if (pewma.anomaly) flagged += 1;
  }
  return flagged / readings;
}

test('On a million readings of pure noise, robust raises at most 0.4 % false alarms and classic over 4 %.', () => {
  const seed = 20_160_609;
  const shares = {
    robust: flaggedShare(robust, 1_000_000, seed),
    classic: flaggedShare(classic, 1_000_000, seed),
  };
  console.info(
    `false alarms on iid noise, seed ${seed}: robust ${(shares.robust * 100).toFixed(3)} %, classic ${(shares.classic * 100).toFixed(3)} %`,
  );
  expect(shares.robust).toBeLessThanOrEqual(0.004);
  expect(shares.classic).toBeGreaterThan(0.04);
});

test.each([
  { level: 10, jump: 50 },
  { level: 0, jump: 1 },
  { level: -273.15, jump: -270 },
  { level: 1e9, jump: 1.01e9 },
  { level: 3e-12, jump: 9e-12 },
])(
  'A jump from a flat line of $level to $jump is flagged by robust and missed by classic.',
  ({ level, jump }) => {
    const flagged = [robust, classic].map((settings) => {
      const pewma = new Pewma(settings);
      for (let index = 0; index < 40; index += 1) pewma.update(level);
      // The recurrence of a constant may be off by one rounding; only an exact zero hides a jump from classic.
      const sigma = Math.sqrt(pewma.variance);
      pewma.update(jump);
      return { anomaly: pewma.anomaly, sigma };
    });
    expect(flagged[0]?.anomaly).toBe(true);
    if (flagged[1]?.sigma === 0) expect(flagged[1].anomaly).toBe(false);
  },
);

test.each([0, 10, 3.1, 0.1, -7.7, 1e9, 1e-9, 1 / 3])(
  'A flat line of %d is never flagged, however long.',
  (level) => {
    for (const settings of [robust, classic]) {
      const pewma = new Pewma(settings);
      for (let index = 0; index < 5_000; index += 1) {
        pewma.update(level);
        expect(pewma.anomaly).toBe(false);
        expect(pewma.variance).toBeGreaterThanOrEqual(0);
      }
    }
  },
);

test('Robust flags nothing while it warms up, and says that it does for exactly T readings.', () => {
  const pewma = new Pewma(robust);
  for (let t = 1; t <= 60; t += 1) {
    pewma.update(t % 7 === 0 ? 1_000 : 1);
    expect(pewma.warmingUp).toBe(t <= 30);
    if (pewma.warmingUp) expect(pewma.anomaly).toBe(false);
  }
});

test('The band, the deviation and the flag are of one instant: before the reading is learned.', () => {
  const pewma = new Pewma(robust);
  const normal = normalNumbers(seededRandom(7));
  for (let index = 0; index < 500; index += 1) {
    const { mean, variance } = pewma;
    const value = index === 400 ? 30 : normal();
    pewma.update(value);
    const score = columnScore(pewma, value);
    if (index === 0) {
      expect(score).toMatchObject({
        mean: null,
        std: null,
        lower: null,
        upper: null,
        z: null,
        probability: null,
      });
      continue;
    }
    expect(score.mean).toBe(mean);
    const std = score.std ?? Number.NaN;
    expect(std).toBeCloseTo(Math.max(Math.sqrt(variance), 1e-6 * Math.abs(mean)), 12);
    expect(score.upper).toBeCloseTo(mean + 3.3 * std, 9);
    expect(score.lower).toBeCloseTo(mean - 3.3 * std, 9);
    expect(score.z).toBeCloseTo((value - mean) / std, 9);
    if (index === 400) expect(score.anomaly).toBe(true);
  }
});

test('Values at the edge of what is accepted leave every number finite and within what DynamoDB stores.', () => {
  const pewma = new Pewma(robust);
  for (const value of [0, 1e60, -1e60, 1e-120, 0, 5, 1e60, ...Array.from({ length: 500 }, () => 1e60)]) {
    pewma.update(value);
    for (const number of [pewma.mean, pewma.variance, pewma.z, pewma.probability, pewma.alpha]) {
      expect(Number.isFinite(number)).toBe(true);
      expect(Math.abs(number)).toBeLessThan(1e125);
    }
  }
});

import { Pewma, type PewmaMode } from '../../functions/score-anomaly/pewma.ts';
import { DEFAULT_SCORING_SETTINGS } from '../../shared/scoring-settings.ts';
import { median, type BenchCase } from '../measurement.ts';

const READINGS = 2_000_000;
const ROUNDS = 7;

export const pewma: BenchCase = {
  name: 'pewma',
  summary: 'the scorer beside a bare loop of the same arithmetic',
  async run() {
    const values = noise(READINGS);
    const rates: Record<PewmaMode | 'bare', number[]> = { bare: [], robust: [], classic: [] };
    // Turn by turn, so that whatever disturbs the machine disturbs each of them.
    for (let round = 0; round < ROUNDS; round += 1) {
      rates.bare.push(rate(() => bareLoop(values)));
      rates.robust.push(rate(() => score(values, 'robust')));
      rates.classic.push(rate(() => score(values, 'classic')));
    }
    const against = { what: 'bare loop', value: median(rates.bare) / 1e6 };
    return (['robust', 'classic'] as const).map((mode) => ({
      what: `PEWMA, ${mode}`,
      value: median(rates[mode]) / 1e6,
      unit: 'M updates/s',
      against,
      bound: { of: 'ratio', at: 'least', limit: 0.6 },
    }));
  },
};

let sink = 0;

function rate(work: () => number): number {
  const startedMs = performance.now();
  sink += work();
  return (READINGS / (performance.now() - startedMs)) * 1_000;
}

function score(values: Float64Array, mode: PewmaMode): number {
  const scorer = new Pewma({ ...DEFAULT_SCORING_SETTINGS, mode });
  let anomalies = 0;
  for (const value of values) {
    scorer.update(value);
    if (scorer.anomaly) anomalies += 1;
  }
  return anomalies + scorer.mean;
}

/** The recurrences and nothing else: no object, no modes, nothing kept of a reading. */
function bareLoop(values: Float64Array): number {
  const { T, alpha0, beta, threshold } = DEFAULT_SCORING_SETTINGS;
  const densityAtZero = 1 / Math.sqrt(2 * Math.PI);
  let mean = 0;
  let variance = 0;
  let anomalies = 0;
  let t = 0;
  for (const value of values) {
    t += 1;
    const difference = value - mean;
    const sigma = Math.sqrt(variance);
    const z = sigma === 0 ? 0 : difference / sigma;
    const probability = densityAtZero * Math.exp(-0.5 * z * z);
    const alpha = t <= T ? 1 - 1 / t : (1 - beta * probability) * alpha0;
    if (probability <= threshold) anomalies += 1;
    mean += (1 - alpha) * difference;
    variance = alpha * (variance + (1 - alpha) * difference * difference);
  }
  return anomalies + mean;
}

function noise(length: number): Float64Array {
  let state = 12_345;
  return Float64Array.from({ length }, () => {
    let sum = -6;
    for (let index = 0; index < 12; index += 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      sum += state / 0x80000000;
    }
    return sum;
  });
}

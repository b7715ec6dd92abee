import type { Registry } from '../../local/iot/registry/index.ts';
import { median, type BenchCase, type Measurement } from '../measurement.ts';
import { withRegistry } from '../registry-under-test.ts';

const FEW = 1_000;
const MANY = 100_000;
const HALL_THINGS = 50;
const ROUNDS = 9;
const ASKED_PER_ROUND = 60;

export const registry: BenchCase = {
  name: 'registry',
  summary: 'a registry of 100,000 things, beside one of 1,000',
  run: async () =>
    withRegistry(async ({ registry: few }) => {
      fill(few, FEW);
      return withRegistry(({ registry: many }) => measure(few, many));
    }),
};

/** What is asked of both registries. It answers how many things it found, as finding none is fast. */
interface Question {
  readonly what: string;
  readonly found: number;
  readonly ask: (registry: Registry, index: number, things: number) => number;
}

const questions: readonly Question[] = [
  {
    what: 'describe a thing',
    found: 1,
    ask: ({ things }, index, count) => things.require(nameOf(spread(index, count))).version,
  },
  { what: 'list, page after page of 25', found: 25, ask: nextPages() },
  {
    what: 'list by an attribute, 25',
    found: 25,
    ask: (asked, index, count) =>
      asked.listThings({
        attributeName: 'hall',
        attributeValue: hallOf(spread(index, count)),
        maxResults: 25,
      }).items.length,
  },
  {
    what: 'search by name',
    found: 1,
    ask: (asked, index, count) => search(asked, `thingName:${nameOf(spread(index, count))}`),
  },
  {
    what: 'search a hall AND a fifth of all things, 10',
    found: 10,
    ask: (asked, index, count) =>
      search(asked, `attributes.hall:${hallOf(spread(index, count))} AND attributes.model:m${index % 5}`),
  },
  {
    what: 'search a fifth of all things, first 25',
    found: 25,
    ask: (asked, index) => search(asked, `attributes.model:m${index % 5}`),
  },
  {
    what: 'search one in twenty of all things, first 25',
    found: 25,
    ask: (asked, index) => search(asked, `attributes.load:${index % 20}`),
  },
  {
    what: 'search half of all things by number, first 25',
    found: 25,
    ask: (asked, index) => search(asked, `attributes.load >= 10 AND attributes.load <= ${19 - (index % 2)}`),
  },
];

function measure(few: Registry, many: Registry): Measurement[] {
  const seconds = fill(many, MANY);
  const measurements: Measurement[] = [
    {
      what: 'things created, one after the other, up to 100,000',
      value: MANY / seconds,
      unit: 'a second',
      bound: { of: 'value', at: 'least', limit: 2_000 },
    },
  ];
  for (const question of questions) {
    const times: Record<'few' | 'many', number[]> = { few: [], many: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      times.few.push(microseconds(question, few, FEW, round));
      times.many.push(microseconds(question, many, MANY, round));
    }
    measurements.push({
      what: `${question.what}, of 100,000`,
      value: median(times.many),
      unit: 'µs',
      against: { what: 'of 1,000', value: median(times.few) },
      bound: { of: 'ratio', at: 'most', limit: 2 },
    });
  }
  measurements.push({
    what: 'reset with 100,000 things',
    value: resetMs(many),
    unit: 'ms',
    against: { what: 'with 1,000', value: resetMs(few) },
    bound: { of: 'value', at: 'most', limit: 100 },
  });
  return measurements;
}

/** @returns seconds. */
function fill(registry: Registry, things: number): number {
  registry.index.configurations.update({ thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY' } });
  const startedMs = performance.now();
  for (let index = 0; index < things; index += 1) {
    const attributes = { hall: hallOf(index), model: `m${index % 5}`, load: String(index % 20) };
    registry.things.create({ thingName: nameOf(index), attributePayload: { attributes } });
  }
  return (performance.now() - startedMs) / 1_000;
}

function nameOf(index: number): string {
  return `machine-${String(index).padStart(6, '0')}`;
}

function hallOf(index: number): string {
  return `hall-${Math.floor(index / HALL_THINGS)}`;
}

/** Goes through all things in leaps: it is not the page cache that is measured. */
function spread(index: number, things: number): number {
  return (index * 7_919) % things;
}

function search(registry: Registry, queryString: string): number {
  return registry.index.search({ queryString, maxResults: 25 }).things.items.length;
}

/** Turns a page each time, and begins anew after the last. */
function nextPages(): Question['ask'] {
  const tokens = new Map<Registry, string | undefined>();
  return (registry) => {
    const nextToken = tokens.get(registry);
    const page = registry.listThings({ maxResults: 25, ...(nextToken === undefined ? {} : { nextToken }) });
    tokens.set(registry, page.nextToken);
    return page.items.length;
  };
}

/** Microseconds of one question. */
function microseconds({ what, found, ask }: Question, of: Registry, things: number, round: number): number {
  const startedMs = performance.now();
  for (let count = 0; count < ASKED_PER_ROUND; count += 1) {
    const answered = ask(of, round * ASKED_PER_ROUND + count, things);
    if (answered !== found) throw new Error(`${what}: ${answered} things of ${things}, not ${found}`);
  }
  return ((performance.now() - startedMs) * 1_000) / ASKED_PER_ROUND;
}

function resetMs(registry: Registry): number {
  const startedMs = performance.now();
  registry.reset();
  const elapsedMs = performance.now() - startedMs;
  if (registry.listThings({}).items.length > 0) throw new Error('the registry is not empty after its reset');
  return elapsedMs;
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { run } from './run.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-backtest-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FIELDS = [
  'index',
  'time',
  'value',
  'mean',
  'std',
  'lower',
  'upper',
  'z',
  'probability',
  'alpha',
  'anomaly',
  'warmingUp',
];

type Row = Record<string, unknown>;

function readRows(out: string): Row[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Row => JSON.parse(line));
}

async function scoreJson(input: string, ...words: string[]): Promise<Row[]> {
  const { code, out } = await run(['backtest', '-', '--json', ...words], { input });
  expect(code).toBe(0);
  return readRows(out);
}

/** A series that repeats and jumps: 60 values, the same on every machine. */
const SERIES = Array.from({ length: 60 }, (_, index) =>
  index === 50 ? 35 : 20 + ((index * 7919) % 13) / 10,
);

/** The published recurrences, on the raw moments, with mean and deviation of the instant before the value. */
function publishedScores(values: readonly number[], T: number, alpha0: number, beta: number) {
  let s1 = 0;
  let s2 = 0;
  return values.map((value, index) => {
    const t = index + 1;
    const mean = s1;
    const std = Math.sqrt(Math.max(0, s2 - s1 * s1));
    const z = std === 0 ? 0 : (value - mean) / std;
    const probability = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const alpha = t <= T ? 1 - 1 / t : (1 - beta * probability) * alpha0;
    s1 = alpha * s1 + (1 - alpha) * value;
    s2 = alpha * s2 + (1 - alpha) * value * value;
    return { value, mean, std, z, probability, alpha, lower: mean - 3.3 * std, upper: mean + 3.3 * std };
  });
}

test.each([
  [30, 0.95, 0.5],
  [5, 0.8, 1],
  [1, 0.99, 0],
])(
  'With --mode classic the rows follow the published recurrences: T %d, alpha0 %d, beta %d.',
  async (T, alpha0, beta) => {
    const options = ['--mode', 'classic', '--T', `${T}`, '--alpha0', `${alpha0}`, '--beta', `${beta}`];
    const rows = await scoreJson(`value\n${SERIES.join('\n')}\n`, ...options);
    const expected = publishedScores(SERIES, T, alpha0, beta);
    expect(rows).toHaveLength(SERIES.length);
    for (const [index, row] of rows.entries()) {
      expect(row['index']).toBe(index);
      expect(row['value']).toBe(SERIES[index]);
      expect(row['warmingUp']).toBe(index < T);
      if (index === 0) continue;
      for (const [field, number] of Object.entries(expected[index] ?? {})) {
        expect(row[field], `${field} of row ${index}`).toBeCloseTo(number, 6);
      }
      expect(row['anomaly']).toBe((expected[index]?.probability ?? 1) <= 0.002);
    }
    expect(rows.some((row) => row['anomaly'] === true)).toBe(true);
  },
);

test('A row has exactly its fields, in their order; the first is held against nothing.', async () => {
  const rows = await scoreJson('timestamp,value\n2026-01-31T10:00:00Z,1\n2026-01-31T10:00:01Z,2\n');
  for (const row of rows) expect(Object.keys(row)).toEqual(FIELDS);
  expect(rows[0]).toEqual({
    index: 0,
    time: '2026-01-31T10:00:00.000Z',
    value: 1,
    mean: null,
    std: null,
    lower: null,
    upper: null,
    z: null,
    probability: null,
    alpha: 0,
    anomaly: false,
    warmingUp: true,
  });
  expect(rows[1]).toMatchObject({ index: 1, mean: 1, alpha: 0.5 });
});

test('Without a column of times the time is null, and rows are learned in their order.', async () => {
  const rows = await scoreJson('value\n1\n1\n');
  expect(rows.map((row) => row['time'])).toEqual([null, null]);
  expect(rows.every((row) => !('late' in row))).toBe(true);
});

test.each(['timestamp', 'time', 'date', 'ts', 'Timestamp'])(
  'The time is taken from a column named %s.',
  async (name) => {
    const [row] = await scoreJson(`value,${name}\n1,1700000000\n`);
    expect(row?.['time']).toBe('2023-11-14T22:13:20.000Z');
  },
);

test('The time is taken from the column that is named, or from none.', async () => {
  const input = 'time,when,value\nnever,2026-01-31 10:00:00,1\n';
  expect((await scoreJson(input, '--time', 'when'))[0]?.['time']).toBe('2026-01-31T10:00:00.000Z');
  expect((await scoreJson(input, '--time', 'none'))[0]?.['time']).toBe(null);
});

test('A late row is scored and not learned, and says so.', async () => {
  const rows = await scoreJson('ts,value\n100,1\n101,2\n100,50\n101,7\n102,3\n');
  expect(rows.map((row) => row['late'])).toEqual([undefined, undefined, true, true, undefined]);
  expect(rows.map((row) => row['mean'])).toEqual([null, 1, 1.5, 1.5, 1.5]);
  expect(Object.keys(rows[2] ?? {})).toEqual([...FIELDS, 'late']);
});

test('Several columns are scored each for itself, a line for each.', async () => {
  const input = 'a,b\n1,10\n2,20\n';
  const rows = await scoreJson(input, '--column', 'b', '-c', 'a');
  expect(rows.map((row) => [row['index'], row['column'], row['value'], row['mean']])).toEqual([
    [0, 'b', 10, null],
    [0, 'a', 1, null],
    [1, 'b', 20, 10],
    [1, 'a', 2, 1],
  ]);
  expect(Object.keys(rows[0] ?? {})).toEqual([...FIELDS.slice(0, 2), 'column', ...FIELDS.slice(2)]);
});

test('The only column of numbers is taken when none is named value.', async () => {
  const rows = await scoreJson('time;station;speed\n100;north;4.5\n101;north;\n102;north;5\n');
  expect(rows.map((row) => row['value'])).toEqual([4.5, 5]);
});

test('Numbers are printed as they are.', async () => {
  const rows = await scoreJson('value\n0.1\n0.30000000000000004\n1e21\n-0\n');
  expect(rows.map((row) => row['value'])).toEqual([0.1, 0.30000000000000004, 1e21, 0]);
});

test('Rows that cannot be scored are skipped, named and counted; the numbers of the others stay.', async () => {
  const input = [
    'timestamp,value',
    '2026-01-31T10:00:00Z,1',
    '2026-01-31T10:00:01Z,n/a',
    '2026-01-31T10:00:02Z,',
    '2026-02-30T10:00:03Z,4',
    ',5',
    '2026-01-31T10:00:05Z,1e61',
    '2026-01-31T10:00:06Z,6,,',
    '2026-01-31T10:00:07Z,1,5',
    '2026-01-31T10:00:08Z',
    '2026-01-31T10:00:09Z,7',
    '2026-01-31T10:00:10Z,x',
  ].join('\r\n');
  const { code, out, err } = await run(['backtest', '-', '--json'], { input });
  expect(code).toBe(0);
  expect(readRows(out).map((row) => [row['index'], row['value']])).toEqual([
    [0, 1],
    [6, 6],
    [9, 7],
  ]);
  expect(err.split('\n')).toEqual([
    'glasshouse: line 3 skipped: the column "value" is not a number: "n/a"',
    'glasshouse: line 4 skipped: the column "value" is empty',
    'glasshouse: line 5 skipped: the time "timestamp" is not one: "2026-02-30T10:00:03Z"',
    'glasshouse: line 6 skipped: the time "timestamp" is empty',
    'glasshouse: line 7 skipped: the column "value" is beyond ±1e+60: "1e61"',
    'glasshouse: line 9 skipped: it has more cells than the header, which has 2',
    'glasshouse: line 10 skipped: the column "value" is empty',
    'glasshouse: line 12 skipped: the column "value" is not a number: "x"',
    '11 rows, 0 anomalies (0 %), 3 warming up, 8 skipped (the column "value" is not a number: lines 3, 12; ' +
      'the column "value" is empty: lines 4, 10; the time "timestamp" is not one: line 5; ' +
      'the time "timestamp" is empty: line 6; the column "value" is beyond ±1e+60: line 7; ' +
      'it has more cells than the header, which has 2: line 9)',
    '',
  ]);
});

test('A flood of bad rows is named up to a hundred, and counted in full.', async () => {
  const input = `value\n1\n${'x\n'.repeat(1_500)}`;
  const { err, out } = await run(['backtest', '-', '--column', 'value'], { input });
  expect(err.split('\n')).toHaveLength(102);
  expect(err).toContain('1400 more skipped');
  expect(out).toBe(
    '1,501 rows, 0 anomalies (0 %), 1 warming up, 1,500 skipped (the column "value" is not a number: lines 3, 4, 5, 6, 7, …)\n',
  );
});

test('For people there is a table of the anomalies, and a summary.', async () => {
  const file = path.join(folder, 'jump.csv');
  const lines = SERIES.map((value, index) => `${1_700_000_000 + index},${value}`);
  writeFileSync(file, `ts,value\n${lines.join('\n')}\n`);
  const { code, out, err } = await run(['backtest', 'jump.csv'], { cwd: folder });
  expect([code, err]).toEqual([0, '']);
  const [head = '', row = '', blank, summary] = out.split('\n');
  expect(head.trim().split(/\s+/)).toEqual([
    'index',
    'time',
    'value',
    'mean',
    'lower',
    'upper',
    'z',
    'probability',
  ]);
  expect(row.trim().split(/\s+/).slice(0, 3)).toEqual(['50', '2023-11-14T22:14:10.000Z', '35']);
  expect(row).toHaveLength(head.length);
  expect([blank, summary]).toEqual(['', '60 rows, 1 anomaly (1.67 %), 30 warming up, 0 skipped']);
});

test('The table names the columns when there are several, and says what is late.', async () => {
  const flat = Array.from({ length: 40 }, (_, index) => `${index + 1},5,7`);
  const input = `ts,speed,gusts\n${flat.join('\n')}\n10,5,99\n`;
  const { out } = await run(['backtest', '-', '-c', 'speed', '-c', 'gusts'], { input });
  const [head = '', row = ''] = out.split('\n');
  expect(head).toMatch(/time +column +value/);
  expect(row).toMatch(/^ +40 {2}1970-01-01T00:00:10\.000Z {2}gusts +99 .+ late$/);
  expect(out).toContain('41 rows, 1 anomaly (1.22 %), 60 warming up, 1 late, 0 skipped');
});

test('--limit bounds what is printed, not what is counted.', async () => {
  const input = `value\n${'1\n'.repeat(40)}${'9\n1\n'.repeat(5)}`;
  const asJson = await run(['backtest', '-', '--json', '--limit', '3'], { input });
  expect(readRows(asJson.out)).toHaveLength(3);
  expect(asJson.err).toContain('50 rows');
  const words = ['backtest', '-', '--mode', 'classic', '--threshold', '0.39'];
  const [all, one] = await Promise.all([run(words, { input }), run([...words, '-n', '1'], { input })]);
  expect(all.out.split('\n').length).toBeGreaterThan(one.out.split('\n').length);
  expect(one.out.split('\n')).toHaveLength(5);
  expect(one.out.split('\n').at(-2)).toBe(all.out.split('\n').at(-2));
});

test.each<[name: string, words: string[], input: string, code: number, err: RegExp]>([
  ['an empty file', [], '', 1, /standard input: there is nothing in it/],
  [
    'a missing column',
    ['-c', 'speed'],
    'time,value\n',
    2,
    /no column "speed"\. Columns: "time", "value" \(see/,
  ],
  [
    'a mistyped column',
    ['-c', 'vlaue'],
    'time,value\n',
    2,
    /no column "vlaue": did you mean value\? Columns: /,
  ],
  ['a missing time', ['-t', 'when'], 'a,value\n1,2\n', 2, /there is no column "when"/],
  [
    'several columns',
    [],
    'a,b\n1,2\n',
    2,
    /several columns hold numbers: .* --column\. Columns: "a", "b" \(/,
  ],
  ['no numbers', [], 'a,b\nx,y\n', 2, /no column holds numbers: .* Columns: "a", "b"/],
  ['only a header', [], 'a,b\n', 2, /no column holds numbers/],
  ['no header', ['-c', 'value'], '1,2\n3,4\n', 2, /The first line looks like data/],
  ['a name twice', ['-c', 'a'], 'a,a\n1,2\n', 2, /"a" is the name of 2 columns/],
  [
    'an open quote',
    [],
    'value\n1\n"2\n',
    1,
    /standard input: the record that begins in line 3 opens a quote/,
  ],
  ['T', ['--T', '0'], 'value\n1\n', 2, /--T takes a whole number from 1 to 100000, not "0"/],
  ['alpha0', ['--alpha0', '1'], 'value\n1\n', 2, /--alpha0 takes a number over 0 and under 1/],
  ['beta', ['--beta', 'x'], 'value\n1\n', 2, /--beta takes a number from 0 to 1, not "x"/],
  ['threshold', ['--threshold', ''], 'value\n1\n', 2, /--threshold takes a number over 0 and under 0\.4/],
  ['mode', ['--mode', 'fast'], 'value\n1\n', 2, /--mode takes robust or classic, not "fast"/],
  ['two files', ['x.csv'], 'value\n1\n', 2, /backtest takes one file/],
])('It is an error, in one line: %s.', async (_name, words, input, code, err) => {
  const ended = await run(['backtest', '-', ...words], { input });
  expect(ended.code).toBe(code);
  expect(ended.err).toMatch(err);
  expect(ended.err).toMatch(/^glasshouse: .+\n$/);
});

test('A folder is not a file.', async () => {
  const { code, err } = await run(['backtest', folder]);
  expect(code).toBe(1);
  expect(err).toContain('it is a folder');
});

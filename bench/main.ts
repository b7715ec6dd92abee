import { cases } from './cases/table.ts';
import { isKept, ratioOf, type Measurement } from './measurement.ts';

const HEAD = ['', 'measured', '', 'against', '', 'ratio', 'must be', ''];

const USAGE = [
  'npm run bench [-- NAME …]',
  '',
  'Measures what is named, or everything in some seven minutes, prints one table, and exits 1 when a bound is not',
  'kept. What else runs on the machine meanwhile disturbs it.',
  '',
];

/** `npm run bench [-- NAME …]`: measures, prints one table, and exits 1 when a bound is not kept. */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !cases.some((one) => one.name === name));
  if (unknown.length > 0 || names.includes('--help')) {
    for (const name of unknown) if (!name.startsWith('-')) console.error(`there is no "${name}"\n`);
    console.log(USAGE.join('\n'));
    for (const { name, summary } of cases) console.log(`  ${name.padEnd(11)} ${summary}`);
    process.exitCode = names.includes('--help') ? 0 : 2;
    return;
  }
  const rows: string[][] = [HEAD];
  let broken = 0;
  for (const one of cases) {
    if (names.length > 0 && !names.includes(one.name)) continue;
    process.stderr.write(`${one.name}: ${one.summary} …\n`);
    for (const measurement of await one.run()) {
      rows.push(row(measurement));
      if (!isKept(measurement)) broken += 1;
    }
  }
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  for (const cells of rows) {
    console.log(
      cells
        .map((cell, column) => pad(cell, widths[column] ?? 0, column))
        .join('  ')
        .trimEnd(),
    );
  }
  console.log(broken === 0 ? '\nevery bound is kept' : `\n${broken} bounds are not kept`);
  if (broken > 0) process.exitCode = 1;
}

function row(measurement: Measurement): string[] {
  const { what, value, unit, against, bound } = measurement;
  const ratio = ratioOf(measurement);
  const must =
    bound === undefined
      ? ''
      : `${bound.of === 'ratio' ? 'ratio ' : ''}${bound.at === 'most' ? '≤' : '≥'} ${number(bound.limit)}`;
  return [
    what,
    number(value),
    unit,
    against === undefined ? '' : against.what,
    against === undefined ? '' : number(against.value),
    ratio === undefined ? '' : `${ratio.toFixed(2)} ×`,
    must,
    bound === undefined ? '' : isKept(measurement) ? 'kept' : 'NOT KEPT',
  ];
}

function number(value: number): string {
  return value.toLocaleString('en-GB', { maximumFractionDigits: value < 10 ? 2 : value < 1_000 ? 1 : 0 });
}

function pad(cell: string, width: number, column: number): string {
  return [1, 4, 5].includes(column) ? cell.padStart(width) : cell.padEnd(width);
}

await main(process.argv.slice(2));

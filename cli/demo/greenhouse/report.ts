import type { Output } from '../../terminal.ts';
import { inLux, lightAt, timeOf, TRIALS, type Defect, type Trial } from './day.ts';
import type { JudgedOrder, Judgement } from './judge.ts';

/** What both designs did in the day, judged. */
export interface Day {
  readonly alarms: Judgement;
  readonly dwell: Judgement;
}

const TIME_WIDTH = 5;
const LIGHT_WIDTH = 10;
const COLUMN_WIDTH = 46;
const SUM_WIDTH = 30;

/** The day line by line: what happened, and what each design did about it. */
export function dayLines({ alarms, dwell }: Day, out: Output): string[] {
  const rows: { minute: number; line: string }[] = [];
  for (const { from, what } of TRIALS) {
    rows.push({ minute: from, line: out.paint('cyan', `${timeOf(from)} ${light(from)}  ${what}`) });
  }
  const minutes = new Set([...alarms.orders, ...dwell.orders].map(({ minute }) => minute));
  for (const minute of minutes) {
    const at = (judgement: Judgement) => judgement.orders.filter((order) => order.minute === minute);
    const [left, right] = [at(alarms), at(dwell)];
    for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
      const time =
        index === 0 ? `${timeOf(minute)} ${light(minute)}` : ''.padEnd(TIME_WIDTH + 1 + LIGHT_WIDTH);
      rows.push({ minute, line: `${time}  ${cell(left[index], out)} ${cell(right[index], out)}`.trimEnd() });
    }
  }
  const head = `time  ${'light'.padStart(LIGHT_WIDTH)}  ${'two alarms (the blog post)'.padEnd(COLUMN_WIDTH)} watch-lux`;
  return [out.paint('bold', head), ...rows.toSorted((a, b) => a.minute - b.minute).map(({ line }) => line)];
}

/** The sums of the day, and what each wrong thing shows. */
export function summaryLines({ alarms, dwell }: Day, out: Output): string[] {
  const row = (what: string, left: string, right: string) =>
    `${what.padEnd(SUM_WIDTH)} ${left.padStart(10)} ${right.padStart(10)}`;
  const line = (what: string, value: (judgement: Judgement) => number) =>
    row(what, String(value(alarms)), String(value(dwell)));
  return [
    out.paint('bold', row('', 'two alarms', 'watch-lux')),
    line('moves', ({ moves }) => moves),
    line('of these wrong', ({ wrong }) => wrong),
    line('minutes in the wrong place', ({ misplacedMinutes }) => misplacedMinutes),
    line('of these drawn in the storm', ({ stormMinutes }) => stormMinutes),
    '',
    out.paint('bold', 'two alarms: what was wrong, and which weakness of the design it shows'),
    ...faultsOf(alarms, ({ defect }) =>
      defect === undefined ? 'none known' : `${defect.name} (${defect.number})`,
    ).map((text) => `  ${text}`),
    `  As published, both functions hear both alarms: these ${alarms.orders.length} alarms would have sent`,
    `  ${alarms.orders.length * 2} codes, in no order (3). That is mended, like what kept it from running at all.`,
    '',
    out.paint('bold', 'watch-lux: what was wrong'),
    ...faultsOf(dwell, ({ trial }) => trial?.what ?? 'nothing special').map((text) => `  ${text}`),
  ];
}

/** The same for programs: one line for each command to a shade, and one for each design. */
export function jsonLines(day: Day, { startMs, seconds }: { startMs: number; seconds: number }): string[] {
  const date = new Date(startMs).toISOString().slice(0, 10);
  return (['alarms', 'dwell'] as const).flatMap((design) => {
    const { orders, stretches, ...sums } = day[design];
    return [
      ...orders.map(({ minute, isDone: _isDone, trial, ...order }) =>
        JSON.stringify({ design, time: timeOf(minute), lux: lightAt(minute), ...order, trial: trial?.what }),
      ),
      JSON.stringify({
        design,
        date,
        ...sums,
        stretches: stretches.map(({ from, trial, ...rest }) => ({
          from: timeOf(from),
          ...rest,
          trial: trial?.what,
        })),
        seconds: Math.round(seconds * 1_000) / 1_000,
      }),
    ];
  });
}

function cell(order: JudgedOrder | undefined, out: Output): string {
  if (order === undefined) return '·'.padEnd(COLUMN_WIDTH);
  const text = `${order.target.padEnd(6)} ${reasonOf(order)}`.slice(0, COLUMN_WIDTH - 1).padEnd(COLUMN_WIDTH);
  if (order.verdict === 'wrong') return out.paint('red', text);
  return order.verdict === 'failed' ? out.paint('yellow', text) : text;
}

function reasonOf({ verdict, fault = '', defect, status, reason, why }: JudgedOrder): string {
  if (verdict === 'failed') return `${status}: the code has not left`;
  if (verdict === 'right') return shortened(reason, why);
  return `WRONG: ${fault}${defect === undefined ? '' : ` (${defect.number})`}`;
}

/** What counts of a reason, for a column. */
function shortened(reason: string, why: string): string {
  const [, lux, since] = /^(\d+) lux, .* since [^T]*T(\d\d:\d\d)/.exec(why) ?? [];
  if (lux !== undefined && since !== undefined) return `${inLux(Number(lux))} of all probes since ${since}`;
  if (reason !== 'alarm') return why;
  // CloudWatch's own reason is long: what counts is how many minutes it rests on.
  const [, count = '?'] = /: (\d+) datapoints?/.exec(why) ?? [];
  const kind = /greater than or equal/.test(why) ? 'bright' : 'dark';
  return `${count} ${kind} minute${count === '1' ? '' : 's'}`;
}

interface Fault {
  readonly moves: string[];
  minutes: number;
}

/**
 * One line for each thing that made a design go wrong: which moves, and for how long the shade stood in the wrong
 * place.
 *
 * @param nameOf what it is put down to
 */
function faultsOf(
  { orders, stretches }: Judgement,
  nameOf: (of: { readonly defect?: Defect; readonly trial?: Trial }) => string,
): string[] {
  const all = new Map<string, Fault>();
  const faultAt = (name: string): Fault => {
    const known = all.get(name) ?? { moves: [], minutes: 0 };
    all.set(name, known);
    return known;
  };
  for (const order of orders) {
    if (order.verdict !== 'wrong') continue;
    const { minute, target, fault = '' } = order;
    faultAt(nameOf(order)).moves.push(`${timeOf(minute)} ${target}: ${fault}`);
  }
  for (const { minutes, trial } of stretches) {
    const of = trial === undefined ? {} : { trial, defect: trial.defect };
    faultAt(nameOf(of)).minutes += minutes;
  }
  if (all.size === 0) return ['nothing'];
  return [...all].map(([name, { moves, minutes }]) => {
    const placed = minutes === 0 ? [] : [`${minutes} min in the wrong place`];
    return `${name}: ${[...moves, ...placed].join('; ')}`;
  });
}

function light(minute: number): string {
  return inLux(lightAt(minute)).padStart(LIGHT_WIDTH);
}

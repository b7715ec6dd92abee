import { DAY_MINUTES, inLux, isNight, isStorm, lightAt, TRIALS, type Defect, type Trial } from './day.ts';
import type { Position } from '../../../shared/greenhouse/position.ts';
import type { DesignRecord, Order } from './record.ts';

/** From here on the plants need the shade; from here downward they need the light (the defaults of a zone). */
const SHADE_FROM = 35_000;
const REOPEN_TO = 30_000;

/** What has asked for a position for so long may move the shade. */
const DWELL_MINUTES = 15;
/** What has asked for another position for so much longer, and has not got it, is stuck. */
const SLACK_MINUTES = 6;
/** The light is known no better: three probes take turns. */
const BLUR_MINUTES = 4;
/** The wind has to have fallen for so long. */
const CALM_MINUTES = 10;
/** A wrong move may come so long after what has led to it. */
const AFTERMATH_MINUTES = 30;

/** What a command shows that goes to a shade which is there already, whenever it comes. */
const POSITION_UNKNOWN: Defect = { number: 10, name: 'position unknown' };

export interface JudgedOrder extends Order {
  readonly verdict: 'right' | 'failed' | 'wrong';
  /** Why it is wrong. */
  readonly fault?: string;
  /** Which weakness of the blog post's design a wrong one shows. */
  readonly defect?: Defect;
  /** During what, or soon after what, it was. */
  readonly trial?: Trial;
}

export interface Judgement {
  readonly orders: readonly JudgedOrder[];
  readonly moves: number;
  readonly wrong: number;
  /** Minutes in which the shade was not where it had to be. */
  readonly misplacedMinutes: number;
  /** Of these, drawn in the storm. */
  readonly stormMinutes: number;
  /** Every stretch of them, with what was put to the test when it began. */
  readonly stretches: readonly Stretch[];
}

export interface Stretch {
  readonly from: number;
  readonly minutes: number;
  readonly needed: Position;
  readonly trial?: Trial;
}

/** Holds what a design did against what the light, the wind and the night asked for. */
export function judge({ orders, positions }: DesignRecord): Judgement {
  const judged = orders.map((order) => judgeOrder(order, positions));
  const stretches: Stretch[] = [];
  let misplacedMinutes = 0;
  let stormMinutes = 0;
  let open: { from: number; needed: Position } | undefined;
  for (let minute = 0; minute <= DAY_MINUTES; minute += 1) {
    const needed = minute < DAY_MINUTES ? neededAt(minute) : undefined;
    const isMisplaced = needed !== undefined && Math.abs((positions[minute] ?? 0) - placeOf(needed)) > 0.05;
    if (isMisplaced) {
      misplacedMinutes += 1;
      if (isStorm(minute)) stormMinutes += 1;
    }
    if (open !== undefined && (!isMisplaced || needed !== open.needed)) {
      stretches.push({ ...open, minutes: minute - open.from, ...trialAt(open.from) });
      open = undefined;
    }
    if (isMisplaced) open ??= { from: minute, needed };
  }
  return {
    orders: judged,
    moves: judged.filter(({ verdict }) => verdict !== 'failed').length,
    wrong: judged.filter(({ verdict }) => verdict === 'wrong').length,
    misplacedMinutes,
    stormMinutes,
    stretches,
  };
}

function judgeOrder(order: Order, positions: readonly number[]): JudgedOrder {
  const { minute, target, isDone } = order;
  const during = trialAt(minute);
  if (!isDone) return { ...order, verdict: 'failed', ...during };
  const before = positions[Math.max(0, minute - 1)] ?? 0;
  if (before === placeOf(target)) {
    const fault = `it is ${target} already`;
    return { ...order, verdict: 'wrong', fault, defect: POSITION_UNKNOWN, ...during };
  }
  const fault = faultOf(minute, target);
  if (fault === undefined) return { ...order, verdict: 'right', ...during };
  const defect = during.trial === undefined ? {} : { defect: during.trial.defect };
  return { ...order, verdict: 'wrong', fault, ...defect, ...during };
}

/** Why a move to a position is wrong in a minute; undefined: it is right. */
export function faultOf(minute: number, target: Position): string | undefined {
  const last = minutesBefore(minute, DWELL_MINUTES);
  const now = minutesBefore(minute, BLUR_MINUTES).map(lightAt);
  const isWindy = minutesBefore(minute, CALM_MINUTES).some(isStorm);
  if (target === 'open') {
    if (isWindy || isNight(minute)) return undefined;
    if (!now.some((lux) => lux <= REOPEN_TO)) return `${inLux(lightAt(minute))} are no darkness`;
    const brightest = Math.max(...last.slice(BLUR_MINUTES).map(lightAt));
    return brightest >= SHADE_FROM ? 'it was dark for too short a time' : undefined;
  }
  if (isWindy) return 'the wind blows';
  if (isNight(minute)) return 'it is night';
  if (!now.some((lux) => lux >= SHADE_FROM)) return `${inLux(lightAt(minute))} are not bright`;
  const darkest = Math.min(...last.slice(BLUR_MINUTES).map(lightAt));
  return darkest <= REOPEN_TO ? 'it was bright for too short a time' : undefined;
}

/** Where the shade has to be in a minute; undefined: anywhere. */
export function neededAt(minute: number): Position | undefined {
  // Two minutes are for the reading and for the way of the shade.
  if (isStorm(minute)) return minutesBefore(minute, 2).every(isStorm) ? 'open' : undefined;
  const last = minutesBefore(minute, DWELL_MINUTES + SLACK_MINUTES);
  if (last.some((one) => isStorm(one))) return undefined;
  if (last.every(isNight)) return 'open';
  if (last.some(isNight)) return undefined;
  if (last.every((one) => lightAt(one) >= SHADE_FROM)) return 'shaded';
  return last.every((one) => lightAt(one) <= REOPEN_TO) ? 'open' : undefined;
}

/** The minutes up to this one, itself included, those of the day before left out. */
function minutesBefore(minute: number, count: number): number[] {
  return Array.from({ length: count + 1 }, (_, index) => minute - count + index).filter((one) => one >= 0);
}

function placeOf(position: Position): number {
  return position === 'shaded' ? 1 : 0;
}

/** What was being put to the test. */
function trialAt(minute: number): { trial?: Trial } {
  const trial = TRIALS.findLast(({ from, to }) => from <= minute && minute < to + AFTERMATH_MINUTES);
  return trial === undefined ? {} : { trial };
}

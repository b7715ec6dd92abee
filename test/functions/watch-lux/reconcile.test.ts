import { expect, test } from 'vitest';
import { MINUTE, NOON, ZoneUnderTest } from './zone-under-test.ts';

/** A zone whose shade has just been told to be drawn. */
function moved(settings: Record<string, unknown> = {}): { zone: ZoneUnderTest; atMs: number } {
  const zone = new ZoneUnderTest(settings);
  zone.shine(NOON, 15, 40_000);
  return { zone, atMs: NOON + 15 * MINUTE };
}

/** Minutes after `atMs` at which something was commanded, up to `minutes`, with light that asks for nothing else. */
function commandedWithin(zone: ZoneUnderTest, atMs: number, minutes: number): number[] {
  const before = zone.commands.length;
  for (let minute = 1; minute <= minutes; minute += 1) {
    zone.lux(atMs + minute * MINUTE, 40_000);
    zone.tick(atMs + minute * MINUTE + 1);
  }
  return zone.commands.slice(before).map((one) => Math.floor((one.atMs - atMs) / MINUTE));
}

test('A command that nobody begins is published again, each time later, until it expires; then there is a new one.', () => {
  const { zone, atMs } = moved();
  const again = commandedWithin(zone, atMs, 6);
  expect(again).toEqual([1, 2, 4, 6]);
  const sequences = zone.commands.map(({ command }) => command.sequence);
  expect(new Set(sequences.slice(0, 4)).size).toBe(1);
  expect(zone.commands.at(-1)?.command).toMatchObject({ target: 'shaded', attempt: 2, reason: 'light' });
  expect(zone.decisions.flatMap(({ effects }) => effects).filter(({ kind }) => kind === 'give-up')).toEqual([
    { kind: 'give-up', sequence: sequences[0], status: 'EXPIRED' },
  ]);
  expect(zone.moves.length).toBe(1);
});

test('What was acknowledged is where it shall be, and is not commanded again.', () => {
  const { zone, atMs } = moved();
  zone.ended('ACKED', atMs + 1000, { emitted: 'yes' });
  expect(zone.state).toMatchObject({ desired: 'shaded', assumed: 'shaded', failures: 0 });
  expect(commandedWithin(zone, atMs, 60)).toEqual([]);
});

test('A code that may come twice is sent again with ever longer pauses, people are told after three, and of its end.', () => {
  const { zone, atMs } = moved({ failuresBeforeNotice: 3 });
  const attempts: number[] = [];
  let sequence = 0;
  for (let second = 20; second < 7200; second += 20) {
    const now = atMs + second * 1000;
    if (second % 60 === 0) zone.lux(now, 40_000);
    zone.tick(now);
    const { command } = zone.state;
    if (command?.status !== 'QUEUED' || command.sequence === sequence) continue;
    sequence = command.sequence;
    attempts.push(second);
    zone.ended('TIMED_OUT', now, { emitted: 'unknown', idempotent: true });
  }
  const pauses = attempts.slice(1).map((second, index) => second - (attempts[index] ?? 0));
  expect(pauses.slice(0, 5)).toEqual([40, 60, 120, 240, 480]);
  expect(Math.max(...pauses)).toBe(900);
  expect(zone.told.filter((one) => one === 'failed/command').length).toBe(1);
  const end = atMs + 7300_000;
  while (zone.state.command?.status !== 'QUEUED') zone.tick(end + zone.decisions.length * 1000);
  zone.ended('ACKED', end + 3600_000, { emitted: 'yes' });
  expect(zone.told).toContain('recovered/failed/command');
});

test('A toggle that nobody answered is not sent again until somebody has seen the shade.', () => {
  const { zone, atMs } = moved();
  zone.ended('TIMED_OUT', atMs + 1000, { emitted: 'unknown', idempotent: false });
  expect(commandedWithin(zone, atMs, 60)).toEqual([]);
  expect(zone.told).toContain('failed/command');
  const seenMs = atMs + 61 * MINUTE;
  zone.hear({ kind: 'position', timeMs: seenMs, position: 'open' }, seenMs);
  zone.tick(seenMs + 1);
  expect(zone.commands.at(-1)?.command).toMatchObject({ target: 'shaded', attempt: 2 });
});

test('A toggle that was surely not sent is sent again.', () => {
  const { zone, atMs } = moved();
  zone.ended('TIMED_OUT', atMs + 1000, { emitted: 'no', idempotent: false });
  expect(commandedWithin(zone, atMs, 1)).toEqual([1]);
});

test('What the repeater refused is told at once and never sent again, until the settings change.', () => {
  const { zone, atMs } = moved();
  const problem = { code: 'REPEATER_010', message: 'the repeater refused' };
  zone.ended('REJECTED', atMs + 1000, { emitted: 'no', idempotent: true, problem });
  expect(zone.told).toContain('failed/command');
  expect(zone.notices.find(({ kind }) => kind === 'failed')?.text).toContain('the repeater refused');
  expect(commandedWithin(zone, atMs, 120)).toEqual([]);
  const mended = new ZoneUnderTest();
  mended.state = zone.state;
  Object.assign(mended.config, { changedAtMs: atMs + 130 * MINUTE });
  mended.tick(atMs + 131 * MINUTE);
  expect(mended.commands.length).toBe(1);
});

test('A command that was sent and never ended is given up: nobody knows whether it left.', () => {
  const { zone, atMs } = moved();
  const { command } = zone.state;
  if (command === undefined) throw new Error('there is no command');
  zone.hear(
    { kind: 'tick', command: { ...command, status: 'SENT', sentAtMs: atMs, idempotent: false } },
    atMs + MINUTE,
  );
  expect(zone.state.command?.status).toBe('SENT');
  const { effects } = zone.tick(atMs + 90_000);
  expect(effects[0]).toEqual({ kind: 'give-up', sequence: command.sequence, status: 'TIMED_OUT' });
  expect(zone.state.command).toMatchObject({ status: 'TIMED_OUT', emitted: 'unknown' });
});

test('A shade that a sensor sees elsewhere after its travel is commanded again; one that arrived is well.', () => {
  const { zone, atMs } = moved({ travelSeconds: 60 });
  const see = (second: number, position: 'open' | 'shaded' | 'between') =>
    zone.hear({ kind: 'position', timeMs: atMs + second * 1000, position }, atMs + second * 1000);
  see(-60, 'open');
  zone.ended('ACKED', atMs + 1000, { emitted: 'yes' });
  see(30, 'between');
  expect(commandedWithin(zone, atMs, 1)).toEqual([]);
  see(90, 'between');
  expect(commandedWithin(zone, atMs + 2 * MINUTE, 2)).toEqual([2]);
  zone.ended('ACKED', atMs + 5 * MINUTE, { emitted: 'yes' });
  see(361, 'shaded');
  expect(zone.state.failures).toBe(0);
  expect(commandedWithin(zone, atMs + 7 * MINUTE, 30)).toEqual([]);
});

test('Word of an older command, or of one that has ended, changes nothing.', () => {
  const { zone, atMs } = moved();
  const { command } = zone.state;
  if (command === undefined) throw new Error('there is no command');
  zone.hear(
    { kind: 'command', command: { ...command, sequence: command.sequence - 1, status: 'ACKED' } },
    atMs + 1,
  );
  expect(zone.state).toMatchObject({ assumed: 'open', command: { status: 'QUEUED' } });
  zone.ended('ACKED', atMs + 2, { emitted: 'yes' });
  zone.hear({ kind: 'command', command: { ...command, status: 'TIMED_OUT', emitted: 'unknown' } }, atMs + 3);
  expect(zone.state).toMatchObject({ assumed: 'shaded', failures: 0, command: { status: 'ACKED' } });
});

test('The same is told no more often than the settings allow, and how often it was not.', () => {
  const wind = {
    lockFromMetersPerSecond: 12,
    releaseBelowMetersPerSecond: 8,
    lockAfterSeconds: 0,
    releaseAfterSeconds: 0,
  };
  const zone = new ZoneUnderTest({ wind, noticeEverySeconds: 900 });
  let at = NOON;
  for (let gust = 0; gust < 6; gust += 1) {
    for (const windMetersPerSecond of [20, 1, 1]) {
      at += 1000;
      zone.hear({ kind: 'safety', device: 's', timeMs: at, windMetersPerSecond }, at);
    }
  }
  expect(zone.told.filter((one) => one === 'locked/wind').length).toBe(1);
  expect(zone.told.filter((one) => one === 'recovered/locked/wind').length).toBe(1);
  at += 16 * MINUTE;
  zone.hear({ kind: 'safety', device: 's', timeMs: at, windMetersPerSecond: 20 }, at);
  expect(zone.notices.findLast(({ kind }) => kind === 'locked')?.suppressed).toBe(5);
});

import { expect, test } from 'vitest';
import { SimulatedShade } from '../../../../local/devices/ir-repeater/index.ts';
import { parseIrCode } from '../../../../shared/greenhouse/ir-code.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const open = parseIrCode('38000,1,1,100,200');
const shaded = parseIrCode('38000,1,1,200,100');

test('A shade travels to its end stop, and no further; on its way it can be turned.', () => {
  const clock = new ManualClock();
  const shade = new SimulatedShade({ clock, travelMs: 40_000, codes: { open, shaded } });
  shade.see(shaded);
  clock.advance(10_000);
  expect([shade.position, shade.isMoving]).toEqual([0.25, true]);
  shade.see(shaded);
  clock.advance(10_000);
  expect(shade.position).toBe(0.5);
  shade.see(open);
  clock.advance(5_000);
  expect(shade.position).toBe(0.375);
  shade.see(shaded);
  clock.advance(1_000_000);
  expect([shade.position, shade.isMoving]).toEqual([1, false]);
});

test('A code of another device moves nothing; how often a code is repeated is nothing to it.', () => {
  const clock = new ManualClock();
  const shade = new SimulatedShade({ clock, travelMs: 1000, codes: { open, shaded } });
  shade.see(parseIrCode('38000,1,1,5,5'));
  expect(shade.isMoving).toBe(false);
  shade.see({ ...shaded, repeat: 3 });
  expect(shade.isMoving).toBe(true);
});

test('A shade with one button stops when it moves, and goes the other way when it stands.', () => {
  const clock = new ManualClock();
  const shade = new SimulatedShade({ clock, travelMs: 1000, codes: { open, shaded: open } });
  shade.see(open);
  clock.advance(2000);
  expect(shade.position).toBe(1);
  shade.see(open);
  clock.advance(300);
  shade.see(open);
  clock.advance(300);
  expect([shade.position, shade.isMoving]).toEqual([0.7, false]);
  shade.see(open);
  clock.advance(2000);
  expect(shade.position).toBe(0);
});

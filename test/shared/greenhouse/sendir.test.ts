import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseIrCode } from '../../../shared/greenhouse/ir-code.ts';
import { durationMs, readSendir, writeSendir } from '../../../shared/greenhouse/sendir.ts';

const pairs = (count: number): string => Array.from({ length: count }, () => '5,6').join(',');

test.each([
  ['sendir,1:1,15,37993,1,1,246,160,20,20', 'a whole command'],
  ['sendir,1:3,0,15000,50,1,1,65535', 'the smallest and the largest of each'],
  ['sendir,1:2,65535,500000,1,383,1,1', 'an offset that nothing begins at, sent once'],
  [`sendir,1:1,1,38000,2,383,${pairs(259)}`, 'as many pairs as there may be'],
])('%.40s is taken: %s.', (line) => {
  expect(readSendir(line)).toMatchObject({ ok: true });
});

test.each([
  ['sendir,2:1,1,38000,1,1,5,6', '002', '2:1'],
  ['sendir,x,1,38000,1,1,5,6', '002', '0:0'],
  ['sendir', '002', '0:0'],
  ['sendir,1:4,1,38000,1,1,5,6', '003', '1:4'],
  ['sendir,1:,1,38000,1,1,5,6', '003', '0:0'],
  ['sendir,1:1,65536,38000,1,1,5,6', '004', '1:1'],
  ['sendir,1:1,-1,38000,1,1,5,6', '004', '1:1'],
  ['sendir,1:1', '004', '1:1'],
  ['sendir,1:1,1,14999,1,1,5,6', '005', '1:1'],
  ['sendir,1:1,1,500001,1,1,5,6', '005', '1:1'],
  ['sendir,1:1,1,38000,0,1,5,6', '006', '1:1'],
  ['sendir,1:1,1,38000,51,1,5,6', '006', '1:1'],
  ['sendir,1:1,1,38000,1,2,5,6', '007', '1:1'],
  ['sendir,1:1,1,38000,1,385,5,6', '007', '1:1'],
  ['sendir,1:1,1,38000,2,3,5,6', '007', '1:1'],
  ['sendir,1:1,1,38000,1,1', '008', '1:1'],
  ['sendir,1:1,1,38000,1,1,', '008', '1:1'],
  ['sendir,1:1,1,38000,1,1,0,6', '009', '1:1'],
  ['sendir,1:1,1,38000,1,1,65536,6', '009', '1:1'],
  ['sendir,1:1,1,38000,1,1,5,,6', '009', '1:1'],
  ['sendir,1:1,1,38000,1,1,5, 6', '009', '1:1'],
  ['sendir,1:1,1,38000,1,1,5,6,7', '010', '1:1'],
  [`sendir,1:1,1,38000,1,1,${pairs(260)}`, '020', '1:1'],
  ['sendir,1:1,1,38000,1,1,5,6,7A', '021', '1:1'],
  ['sendir,1:1,1,38000,1,1,5,6B', '022', '1:1'],
  ['sendir,1:1,1,38000,1,1,A', '022', '1:1'],
])('%.40s is refused with %s at %s.', (line, error, connector) => {
  expect(readSendir(line)).toEqual({ ok: false, error, connector });
});

test("The blog post's command has an odd number of times, and ends with a comma.", () => {
  // What stands before its carriage return; what stands after is no command at all.
  const line = 'sendir,1:1,15,37993,1,1,246,160,20,20,60,';
  expect(readSendir(line)).toEqual({ ok: false, error: '010', connector: '1:1' });
  expect(() => parseIrCode(line)).toThrow(/ERR_1:1,010/);
  expect(() => parseIrCode('sendir,1:1,15,37993,1,1,246,160,20,20,60,\r,\\l')).toThrow(/ERR_0:0,017/);
});

test('A compressed code is what it stands for.', () => {
  const plain = parseIrCode('sendir,1:2,2445,40000,1,1,4,5,4,5,8,9,4,5,8,9,8,9');
  expect(parseIrCode('sendir,1:2,2445,40000,1,1,4,5A8,9ABB')).toEqual(plain);
  expect(plain.pulses).toEqual([4, 5, 4, 5, 8, 9, 4, 5, 8, 9, 8, 9]);
});

test('A code may be given from its frequency on.', () => {
  expect(parseIrCode(' 37993,2,3,246,160,20,60\n')).toEqual({
    frequencyHz: 37_993,
    repeat: 2,
    offset: 3,
    pulses: [246, 160, 20, 60],
  });
});

test('A code that is no code is refused, with the number of the error in its code.', () => {
  expect(() => parseIrCode('')).toThrow(expect.objectContaining({ code: 'IR_CODE_005' }));
  expect(() => parseIrCode('x'.repeat(5000))).toThrow(expect.objectContaining({ code: 'IR_CODE_015' }));
});

test.each([
  ['40000,1,1,100,300', 10],
  ['40000,3,1,100,300', 30],
  ['40000,3,3,1000,3000,100,300', 100 + 30],
])('%s lasts %d ms: what lies before the offset is sent once.', (code, ms) => {
  expect(durationMs(parseIrCode(code))).toBeCloseTo(ms, 9);
});

const anyCode = fc
  .record({
    frequencyHz: fc.integer({ min: 15_000, max: 500_000 }),
    repeat: fc.integer({ min: 1, max: 50 }),
    pairs: fc.array(fc.tuple(fc.integer({ min: 1, max: 65_535 }), fc.integer({ min: 1, max: 65_535 })), {
      minLength: 1,
      maxLength: 259,
    }),
    at: fc.nat(),
  })
  .map(({ frequencyHz, repeat, pairs: list, at }) => ({
    frequencyHz,
    repeat,
    offset: 2 * (at % Math.min(list.length, 192)) + 1,
    pulses: list.flat(),
  }));

test('Whatever is written is read as what it was.', () => {
  fc.assert(
    fc.property(anyCode, fc.integer({ min: 0, max: 65_535 }), (code, id) => {
      const sendir = { connector: '1:3', id, code };
      expect(readSendir(writeSendir(sendir))).toEqual({ ok: true, sendir });
    }),
  );
});

test('Whatever comes is read or refused with a code that iTach has, and nothing is thrown.', () => {
  const piece = fc.oneof(fc.constantFrom('sendir', '1:1', '38000', '1', 'A', 'O', '\n', ''), fc.string());
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const read = readSendir(pieces.join(','));
      if (!read.ok) expect(read.error).toMatch(/^0(?:0[2-9]|10|2[0-2])$/);
      else expect(read.sendir.code.pulses.length % 2).toBe(0);
    }),
    { numRuns: 500 },
  );
});

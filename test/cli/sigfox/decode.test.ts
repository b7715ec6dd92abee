import { expect, test } from 'vitest';
import { command } from '../../../cli/commands/sigfox.ts';
import { runCommand } from '../run-command.ts';

const sigfox = (...words: string[]) => runCommand('sigfox', command, words, { cwd: '/nonexistent' });
const decode = (config: string, data: string, ...more: string[]) =>
  sigfox('decode', '--config', config, '--data', data, ...more);

test('A payload is drawn bit by bit, with the field of each and its value.', async () => {
  const { code, out } = await decode(
    'temperature::int:16:/100 open::bool:7 battery:2:uint:6::5 last:1:uint:8',
    '09C4E4FF',
  );
  expect(code).toBe(0);
  expect(out).toBe(
    [
      'byte  0        1        2        3',
      'hex   09       c4       e4       ff',
      'bits  00001001 11000100 11100100 11111111',
      '      aaaaaaaa aaaaaaaa b.cccccc ........',
      '      ........ dddddddd ........ ........',
      '',
      'a  temperature  int:16 /100  bits 0 to 15   25',
      'b  open         bool         bit 16         true',
      'c  battery      uint:6       bits 18 to 23  36',
      'd  last         uint:8       bits 8 to 15   196',
      '',
    ].join('\n'),
  );
});

test('As JSON there are values and places; what a double cannot hold is text.', async () => {
  const { out } = await decode(
    'u::uint:64 t:0:char:2 f:0:float:32:little-endian',
    'ffffffffffffffff',
    '--json',
  );
  expect(JSON.parse(out)).toEqual({
    values: { u: '18446744073709551615', t: 'ÿÿ', f: 'NaN' },
    fields: [
      { name: 'u', type: 'uint:64', firstBit: 0, bits: 64 },
      { name: 't', type: 'char:2', firstBit: 0, bits: 16 },
      { name: 'f', type: 'float:32 little-endian', firstBit: 0, bits: 32 },
    ],
  });
});

test('What a payload holds does not steer the terminal.', async () => {
  const { out } = await decode('t::char:4', '1b5b324a');
  expect(out).toContain(String.raw`"\u001b[2J"`);
});

test.each([
  ['a::uint:8 b::long:8', '0102', 'a::uint:8 b::long:8\n               ^'],
  ['a::uint:99', '01', 'a::uint:99\n          ^'],
])('A wrong config %s is shown with the place.', async (config, data, shown) => {
  const { code, err } = await decode(config, data);
  expect(code).toBe(1);
  expect(err).toContain(`  ${shown}`);
});

test.each([
  [['decode', '--config', 'a::uint:16', '--data', '01'], 1, 'it needs 2 bytes, and the message has 1'],
  [['decode', '--config', 'a::uint:8', '--data', 'xy'], 1, 'something else than the digits'],
  [['decode', '--config', 'a::uint:8'], 2, 'needs --config and --data'],
  [['decode', 'x'], 2, 'takes options only'],
  [[], 2, 'followed by decode, type, send, downlink, simulate, button or visits'],
  [['decod'], 2, 'did you mean decode?'],
  [['downlink', '1A'], 2, 'takes a device and eight bytes'],
  [['downlink', 'XYZ', '0011223344556677'], 2, 'is no device'],
  [['downlink', '1A', '00112233'], 2, 'eight bytes, sixteen hexadecimal digits'],
  [['downlink', '1A', '0011223344556677'], 1, 'no cloud is running'],
  [['simulate', '--devices', '0'], 2, 'whole number from 1 on'],
  [['simulate', '--devices', '10001'], 2, 'at most 10000'],
  [['simulate', '--speed', 'fast'], 2, '--speed takes a number over 0'],
  [['simulate', '--url', 'localhost'], 2, 'is no URL'],
  [['simulate', '--speed', '60'], 1, 'no cloud is running'],
  [['simulate', 'x'], 2, 'takes options only'],
  [['simulate', '--door', 'back'], 2, 'takes http or iot'],
  [['simulate', '--seed', 'x'], 2, 'whole number from 1 on'],
  [['type', 'list'], 1, 'no cloud is running'],
  [['send', '1A'], 2, 'takes a device and its payload'],
  [['send', 'XYZ', '00'], 2, 'is no device'],
  [['send', '1A', '0'], 2, 'two hexadecimal digits each'],
  [['send', '1A', '00'.repeat(13)], 2, 'up to twelve bytes'],
  [['send', '1A', '00', '--time', 'yesterday'], 2, 'is no time'],
  [['send', '1A', '00', '--sequence', '4096'], 2, 'from 0 to 4095'],
  [['send', '1A', ''], 1, 'no cloud is running'],
  [['button', 'B0'], 2, 'takes a device and a home'],
  [['button', 'XYZ', 'durand', '--person', 'A'], 2, 'is no device'],
  [['button', 'B0', 'durand'], 2, 'needs --person, the name of who lives there'],
  [['button', 'B0', 'du rand', '--person', 'A'], 2, 'the home takes a name of up to 64'],
  [['button', 'B0', 'durand', '--person', 'A', '--carer', 'Anna'], 2, 'such as 1=Anna'],
  [
    ['button', 'B0', 'durand', '--person', 'A', '--carer', '256=Anna'],
    2,
    '--carer takes a badge from 1 to 255',
  ],
  [['button', 'B0', 'durand', '--person', 'A', '--language', 'de'], 2, '--language takes en or fr, not "de"'],
  [
    ['button', 'B0', 'durand', '--person', 'A', '--time-zone', 'Mars'],
    2,
    '--time-zone takes an IANA name such as Europe/Paris, not "Mars"',
  ],
  [['button', 'B0', 'durand', '--person', 'A', '--phone', '0600'], 2, 'such as +33600000001'],
  [['button', 'B0', 'durand', '--person', 'A'], 1, 'no cloud is running'],
  [['visits'], 2, 'takes one home'],
  [['visits', 'durand', '--limit', '1001'], 2, 'at most 1000'],
  [['visits', 'durand'], 1, 'no cloud is running'],
])('sigfox %j ends with %d and says: %s.', async (words, code, message) => {
  expect(await sigfox(...words)).toMatchObject({ code, err: expect.stringContaining(message) });
});
